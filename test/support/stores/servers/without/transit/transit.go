// Package transit stands where the seal of that name is.
package transit

import wrapping "github.com/hashicorp/go-kms-wrapping/v2"

type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

var (
	EnvTransitWrapperDisableRenewal   string
	EnvTransitWrapperKeyName          string
	EnvTransitWrapperMountPath        string
	EnvVaultTransitSealDisableRenewal string
	EnvVaultTransitSealKeyName        string
	EnvVaultTransitSealMountPath      string
)

func WithKeyIdPrefix(string) wrapping.Option { return func() any { return nil } }
