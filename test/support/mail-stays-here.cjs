/**
 * Loaded into every process that tests start (`NODE_OPTIONS` in vitest.config.ts): no connection to a mail server on another machine. The
 * addresses in tests are partly those of the real certificate desks.
 */
const { BlockList, Socket, isIPv6 } = require('node:net');

const mailPorts = new Set([25, 465, 587, 1025, 2525]);
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** `connect(port, host?)`, `connect(options)`, `connect(path)`, or what `net.connect` has made of any of them. */
function target(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object' && first !== null) return { host: first.host, port: Number(first.port) };
  return { host: typeof second === 'string' ? second : undefined, port: Number(first) };
}

const isHere = (host) =>
  host === undefined || host === 'localhost' || loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');

const connect = Socket.prototype.connect;
Socket.prototype.connect = function connectHere(...args) {
  const { host, port } = target(args);
  if (!mailPorts.has(port) || isHere(host)) return connect.apply(this, args);
  process.nextTick(() => this.destroy(new Error(`a test would have called the mail server ${host}:${port}`)));
  return this;
};
