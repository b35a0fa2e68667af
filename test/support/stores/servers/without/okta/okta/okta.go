// Package okta stands where Okta's client for push messages at login is.
package okta

import (
	"context"
	"errors"
)

type (
	Setting  func()
	Answer   struct{}
	Identity struct{}

	Configuration struct{ Context context.Context }
	APIClient     struct {
		UserAPI       users
		UserFactorAPI factors
	}
	UserFactorPush struct{ Identity }
	Factor         struct{ UserFactorPush *UserFactorPush }
	Verification   struct{ Links any }
	Status         struct {
		UserFactorPushTransactionWaiting, UserFactorPushTransaction         *struct{}
		UserFactorPushTransactionRejected, UserFactorPushTransactionTimeout *struct{}
	}

	users       struct{}
	factors     struct{}
	call[T any] struct{}
)

var errNotBuiltIn = errors.New("not built in")

func WithToken(string) Setting  { return nil }
func WithOrgUrl(string) Setting { return nil }
func WithCache(bool) Setting    { return nil }

func NewConfiguration(...Setting) (*Configuration, error) { return nil, errNotBuiltIn }

func NewAPIClient(*Configuration) *APIClient { return &APIClient{} }

func (*APIClient) GetConfig() *Configuration { return &Configuration{} }

func (Identity) GetId() string { return "" }

func (Verification) GetFactorResult() string { return "" }

func (c call[T]) Filter(string) call[T] { return c }

func (call[T]) Execute() (result T, answer *Answer, err error) { return result, nil, errNotBuiltIn }

func (users) ListUsers(context.Context) (c call[[]Identity]) { return c }

func (factors) ListFactors(context.Context, string) (c call[[]Factor]) { return c }

func (factors) VerifyFactor(context.Context, string, string) (c call[Verification]) { return c }

func (factors) GetFactorTransactionStatus(context.Context, string, string, string) (c call[Status]) {
	return c
}
