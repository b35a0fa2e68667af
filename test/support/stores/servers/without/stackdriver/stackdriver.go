// Package stackdriver stands where Google's sink for metrics is.
package stackdriver

import "github.com/armon/go-metrics"

type Config struct {
	LabelExtractor, Bucketer       any
	ProjectID, Location, Namespace string
	DebugLogs                      bool
}

func NewSink(any, *Config) metrics.MetricSink { return &metrics.BlackholeSink{} }
