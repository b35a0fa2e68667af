/** CA bundles: made from the public NHS certificates that are shipped, or from given files, and put in order. */
export { type Arranged, arrangeBundle, bundleText, type LeftOut } from './arrange.ts';
export { orderBundle } from './order.ts';
export { type BundleItem, readBundleFile } from './read.ts';
export { type ShippedCertificate, shippedBundle, shippedCertificates } from './shipped.ts';
