// An SMSC for tests, played by the package `smpp`; this file only says how it behaves.
//
// The one argument is its settings in JSON: `password`, `tls` ({key, cert, ca} as PEM), `alphabet`
// ("ASCII" is GSM 03.38 in that package, or "LATIN1"), `on_bind` and `on_submit` (lists of
// behaviours, used up in order, then everything is taken), `throttle` (the share of submits that are
// throttled), `ids` ("decimal" or "hex"), `slowest_ms` (answers take up to so long), `receipts` ("at
// once" or "when told" brings one for every text that asks for it, again until it is acknowledged).
// Everything it sees is a line of JSON on standard output; what it should do is a line of JSON on
// standard input.
'use strict';

const smpp = require('smpp');
const settings = { password: 'secret', on_bind: [], on_submit: [], throttle: 0, ids: 'decimal',
  slowest_ms: 0, receipts: '', ...JSON.parse(process.argv[2] || '{}') };
if (settings.alphabet) smpp.encodings.default = settings.alphabet;

const say = (event) => process.stdout.write(JSON.stringify(event) + '\n');
const hex = (buffer) => Buffer.from(buffer || '').toString('hex');
let seed = 7;
const chance = () => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
let taken = 0;
let quiet = false;
const named = (number) => (settings.ids === 'hex' ? number.toString(16).padStart(8, '0')
  : String(number));

const GARBAGE = Buffer.from('GET / HTTP/1.1\r\nHost: smsc\r\n\r\n');
const held = [];
const owed = new Map();

// Brings what became of a text; once a second again, until the other side has it.
function report(id) {
  const receiver = sessions.find((session) => session.bind !== 'bind_transmitter');
  if (!owed.has(id) || !receiver) return;
  const said = `id:${id} sub:001 dlvrd:001 submit date:2603041200 done date:2603041200 stat:DELIVRD`
    + ' err:000 text:';
  receiver.deliver_sm({ source_addr: owed.get(id), esm_class: 4, short_message: Buffer.from(said),
    receipted_message_id: id, message_state: 2 }, (answer) => {
    if (answer.command_status !== 0 || !owed.delete(id)) return;
    say({ event: 'reported', id });
  });
}

const behaviours = {
  take: (session, pdu) => {
    const id = named(100000 + taken++);
    say({ event: 'submit', id, ...seen(pdu) });
    if (settings.receipts && pdu.registered_delivery & 1) owed.set(id, pdu.destination_addr);
    const answer = () => session.send(pdu.response({ message_id: id }));
    if (settings.slowest_ms) setTimeout(answer, chance() * settings.slowest_ms);
    else answer();
    if (settings.receipts === 'at once') setTimeout(report, chance() * settings.slowest_ms, id);
  },
  // Taken, and answered when told.
  hold: (session, pdu) => {
    const id = named(100000 + taken++);
    say({ event: 'submit', id, ...seen(pdu) });
    held.push(() => session.send(pdu.response({ message_id: id })));
  },
  throttle: (session, pdu) => behaviours.status(session, pdu, smpp.ESME_RTHROTTLED),
  status: (session, pdu, status) => {
    say({ event: 'refused', status });
    session.send(pdu.response({ command_status: Number(status) }));
  },
  silent: (session, pdu) => { quiet = true; say({ event: 'ignored', ...seen(pdu) }); },
  die: () => { process.kill(process.pid, 'SIGKILL'); },
  close: (session) => { session.socket.destroy(); },
  garbage: (session) => { session.socket.write(GARBAGE); },
  nack: (session, pdu) => {
    session.send(new smpp.PDU('generic_nack',
      { command_status: smpp.ESME_RINVCMDID, sequence_number: pdu.sequence_number }));
  },
  wrong: (session, pdu) => {
    session.send(new smpp.PDU('enquire_link_resp', { sequence_number: pdu.sequence_number }));
  },
  nameless: (session, pdu) => {
    const answer = Buffer.alloc(16);
    [16, 0x80000004, 0, pdu.sequence_number].forEach((n, i) => answer.writeUInt32BE(n, i * 4));
    session.socket.write(answer);
  },
  unbind: (session, pdu) => { behaviours.take(session, pdu); session.unbind(); },
};

function seen(pdu) {
  const content = pdu.message_payload || pdu.short_message || {};
  return {
    from: pdu.source_addr, from_type: [pdu.source_addr_ton, pdu.source_addr_npi],
    to: pdu.destination_addr, to_type: [pdu.dest_addr_ton, pdu.dest_addr_npi],
    text: Buffer.isBuffer(content.message) ? hex(content.message) : content.message,
    udh: (content.udh || []).map(hex), data_coding: pdu.data_coding, esm_class: pdu.esm_class,
    registered: pdu.registered_delivery, validity: pdu.validity_period,
    service_type: pdu.service_type, is_payload: Boolean(pdu.message_payload),
    sar: [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum],
  };
}

function behave(list, session, pdu, usual) {
  const [name, argument] = String(list.shift() || usual).split(':');
  return behaviours[name](session, pdu, argument);
}

function bound(session, pdu) {
  const planned = settings.on_bind.shift();
  say({ event: 'bind', command: pdu.command, system_id: pdu.system_id,
    version: pdu.interface_version, system_type: pdu.system_type });
  if (planned === 'silent') return;
  if (planned === 'close') { session.socket.destroy(); return; }
  if (planned === 'garbage') { session.socket.write(GARBAGE); return; }
  const right = pdu.password === settings.password;
  const status = planned ? Number(planned.split(':')[1]) : right ? 0 : smpp.ESME_RINVPASWD;
  session.send(pdu.response({ command_status: status, system_id: 'smsc' }));
  if (status !== 0) return;
  sessions.push(session);
  session.bind = pdu.command;
  if (settings.receipts === 'at once') owed.forEach((_, id) => report(id));
}

const sessions = [];
const options = settings.tls ? { ...settings.tls, requestCert: Boolean(settings.tls.ca),
  rejectUnauthorized: Boolean(settings.tls.ca) } : {};
const server = smpp.createServer(options, (session) => {
  session.on('error', () => session.socket.destroy());
  session.on('close', () => {
    const at = sessions.indexOf(session);
    if (at >= 0) sessions.splice(at, 1);
    say({ event: 'closed' });
  });
  ['bind_transceiver', 'bind_transmitter', 'bind_receiver'].forEach((command) => {
    session.on(command, (pdu) => bound(session, pdu));
  });
  session.on('submit_sm', (pdu) => {
    const usual = chance() < settings.throttle ? 'throttle' : 'take';
    behave(settings.on_submit, session, pdu, usual);
  });
  session.on('enquire_link', (pdu) => {
    say({ event: 'enquire_link' });
    if (!quiet) session.send(pdu.response());
  });
  session.on('enquire_link_resp', () => say({ event: 'alive' }));
  session.on('unbind_resp', () => say({ event: 'left' }));
  session.on('generic_nack', (pdu) => say({ event: 'nack', status: pdu.command_status }));
  session.on('unbind', (pdu) => { say({ event: 'unbind' }); session.send(pdu.response()); });
});
server.on('tlsClientError', () => say({ event: 'tls_refused' }));

const orders = {
  deliver: ({ pdu, command }) => {
    const receiver = sessions.find((session) => session.bind !== 'bind_transmitter');
    const fields = { ...pdu };
    for (const name of ['short_message', 'message_payload']) {
      if (name in fields) fields[name] = Buffer.from(fields[name], 'hex');
    }
    receiver[command || 'deliver_sm'](fields, (answer) => say({ event: 'answered',
      status: answer.command_status, command: answer.command }));
  },
  raw: ({ octets }) => sessions[0].socket.write(Buffer.from(octets, 'hex')),
  enquire: () => sessions[0].enquire_link(),
  unbind: () => sessions[0].unbind(),
  behave: ({ settings: changed }) => Object.assign(settings, changed),
  answer: () => held.splice(0).forEach((send) => send()),
  report: () => { settings.receipts = 'at once'; owed.forEach((_, id) => report(id)); },
  hang_up: () => sessions.slice().forEach((session) => session.socket.destroy()),
};
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  orders[order.do](order);
}).on('close', () => process.exit(0));

setInterval(() => {
  if (settings.receipts === 'at once') owed.forEach((_, id) => report(id));
}, 1000).unref();

server.listen(settings.port || 0, '127.0.0.1', () => {
  say({ event: 'listening', port: server.address().port });
});
