// Package option stands where the settings of Google's clients are.
package option

func WithUserAgent(string) any { return nil }
