/** The catalogue of metrics, and their exposition. */
export { labelCatalogue, type MetricGroup, metricCatalogue, metricNames } from './catalogue.ts';
export { type Build, Exposition } from './exposition.ts';
export { contentTypes, maxLabelLength, negotiate } from './format.ts';
export { ProcessMetrics, processMetricNames } from './process.ts';
export { queueNames, type Work } from './work.ts';
