// The carrier of `sparekey demo --wires real`. The package `smpp` plays it, which nobody here wrote;
// this file says what it answers, and tells what its handsets show.
//
// Its one argument is {password} in JSON. Standard output: a line of JSON for each thing that
// happened. Standard input: a line of JSON for each thing to do; it ends when that does.
'use strict';

const readline = require('readline');
const smpp = require('smpp');

const settings = JSON.parse(process.argv[2]);
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const sessions = new Set();
const off = new Set();
const parts = new Map();
const RECEIPT_AFTER_MS = 150;
const INTERNATIONAL = 1;
const ISDN = 1;
const IS_RECEIPT = 4;
let taken = 0;

// Where a part stands in its text: the concatenation element of its user data header.
function placeOf(content) {
  const element = (content.udh || []).find((one) => one[0] === 0);
  return element ? { group: element[2], total: element[3], number: element[4] }
    : { group: 0, total: 1, number: 1 };
}

// The handset shows a text once it has every part of it.
function show(to, from, content) {
  const place = placeOf(content);
  const key = `${to} ${from} ${place.group}`;
  const found = parts.get(key) || new Map();
  parts.set(key, found.set(place.number, content.message));
  if (found.size < place.total) return;
  parts.delete(key);
  const text = [...found.keys()].sort((a, b) => a - b).map((number) => found.get(number)).join('');
  say({ event: 'text', to: `+${to}`, from: `+${from}`, text });
}

const stamp = () => new Date().toISOString().replace(/\D/g, '').slice(2, 12);

function report(session, pdu, id) {
  const isOff = off.has(pdu.destination_addr);
  const [state, number, error] = isOff ? ['UNDELIV', 5, '027'] : ['DELIVRD', 2, '000'];
  const arrived = isOff ? '000' : '001';
  session.deliver_sm({
    esm_class: IS_RECEIPT,
    source_addr_ton: INTERNATIONAL, source_addr_npi: ISDN, source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    short_message: `id:${id} sub:001 dlvrd:${arrived} submit date:${stamp()} done date:${stamp()} `
      + `stat:${state} err:${error} text:`,
    receipted_message_id: id, message_state: number,
  }, (answer) => say({ event: 'receipt', to: `+${pdu.destination_addr}`, state,
    status: answer.command_status }));
}

function take(session, pdu) {
  taken += 1;
  const id = String(4000000 + taken);
  session.send(pdu.response({ message_id: id }));
  if (!off.has(pdu.destination_addr)) {
    show(pdu.destination_addr, pdu.source_addr, pdu.short_message);
  }
  if (pdu.registered_delivery) setTimeout(() => report(session, pdu, id), RECEIPT_AFTER_MS);
}

const server = smpp.createServer((session) => {
  session.on('error', () => session.socket.destroy());
  session.on('close', () => sessions.delete(session));
  session.on('bind_transceiver', (pdu) => {
    const isRight = pdu.password === settings.password;
    session.send(pdu.response({ command_status: isRight ? 0 : smpp.ESME_RINVPASWD }));
    if (!isRight) return;
    sessions.add(session);
    say({ event: 'bound' });
  });
  session.on('submit_sm', (pdu) => take(session, pdu));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => session.send(pdu.response()));
});

const orders = {
  // Somebody texts from a handset.
  text: ({ from, to, text }) => [...sessions][0].deliver_sm({
    source_addr_ton: INTERNATIONAL, source_addr_npi: ISDN, source_addr: from.replace('+', ''),
    dest_addr_ton: INTERNATIONAL, dest_addr_npi: ISDN, destination_addr: to.replace('+', ''),
    short_message: text,
  }, (answer) => say({ event: 'answered', status: answer.command_status })),
  // A handset is off from now on.
  off: ({ number }) => off.add(number.replace('+', '')),
};

readline.createInterface({ input: process.stdin })
  .on('line', (line) => { const order = JSON.parse(line); orders[order.do](order); })
  .on('close', () => process.exit(0));
server.listen(0, '127.0.0.1', () => say({ event: 'listening', port: server.address().port }));
