// The SMSC of the benchmark: the package `smpp`, which takes everything and says nothing else.
'use strict';

const smpp = require('smpp');
let taken = 0;
const server = smpp.createServer({}, (session) => {
  session.on('error', () => session.socket.destroy());
  session.on('bind_transceiver', (pdu) => session.send(pdu.response({ system_id: 'smsc' })));
  session.on('submit_sm', (pdu) => session.send(pdu.response({ message_id: String(taken++) })));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => session.send(pdu.response()));
});
process.stdin.on('end', () => process.exit(0)).resume();
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
