// What the package `smpp` can do at both ends: submits texts to a port through one bind.
// Arguments: port, how many, window. Prints submits a second.
'use strict';

const smpp = require('smpp');
const [port, count, window] = process.argv.slice(2).map(Number);
const session = smpp.connect({ host: '127.0.0.1', port });
let sent = 0;
let answered = 0;
let began;

function submit() {
  sent += 1;
  session.submit_sm({ source_addr: 'Acme', destination_addr: '4474' + String(sent).padStart(8, '0'),
    registered_delivery: 1, short_message: 'Acme: 1234 5678 is your code.' }, (answer) => {
    if (answer.command_status !== 0) process.exit(1);
    answered += 1;
    if (sent < count) submit();
    else if (answered === count) {
      console.log(count / (Number(process.hrtime.bigint() - began) / 1e9));
      process.exit(0);
    }
  });
}

session.on('connect', () => session.bind_transceiver({ system_id: 'sparekey', password: 'secret' }, () => {
  began = process.hrtime.bigint();
  for (let n = 0; n < window; n += 1) submit();
}));
