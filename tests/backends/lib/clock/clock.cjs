// Lets a test move this program's clock: `forward 600` on its standard input. It ends when nobody is there to say it.
const { ServerResponse } = require("node:http");
const { createInterface } = require("node:readline");

const Device = Date;
let ahead = 0;
globalThis.Date = class Date extends Device {
  constructor(...given) {
    if (given.length) super(...given);
    else super(Date.now());
  }
  static now() {
    return Device.now() + ahead;
  }
};

// Node itself reads the device's clock for its header.
const { writeHead } = ServerResponse.prototype;
ServerResponse.prototype.writeHead = function (...given) {
  if (!this.hasHeader("Date")) this.setHeader("Date", new Date().toUTCString());
  return writeHead.apply(this, given);
};

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  ahead += Number(line.split(" ")[1]) * 1000;
  console.log(`moved ${line.split(" ")[1]}`);
});
lines.on("close", () => process.exit());
