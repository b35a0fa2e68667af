// Package discover stands where Raft's search for other servers in clouds is.
package discover

import (
	"errors"
	"log"
)

type Provider interface {
	Addrs(args map[string]string, l *log.Logger) ([]string, error)
	Help() string
}

var Providers = map[string]Provider{}

type Discover struct{}

type Option func(*Discover) error

func New(...Option) (*Discover, error) { return &Discover{}, nil }

func WithProviders(map[string]Provider) Option { return nil }

var errNotBuiltIn = errors.New("not built in")

func (*Discover) Addrs(string, *log.Logger) ([]string, error) { return nil, errNotBuiltIn }

type Config map[string]string

func Parse(string) (Config, error) { return nil, errNotBuiltIn }

func (Config) String() string { return "" }
