/** The catalogue of metrics, and their exposition. */
export { labelCatalogue, type MetricGroup, metricCatalogue, metricNames } from './catalogue.ts';
export { contentTypes, maxLabelLength, negotiate } from './exposition.ts';
export { type Build, publish } from './publish.ts';
