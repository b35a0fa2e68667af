// Package awskms stands where the seal of that name is.
package awskms

import wrapping "github.com/hashicorp/go-kms-wrapping/v2"

type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

var (
	EnvAwsKmsWrapperKeyId   string
	EnvVaultAwsKmsSealKeyId string
)

func WithDisallowEnvVars(bool) wrapping.Option { return nothing }

// WithLogger is asked for by Vault's own Shamir seal too, which ignores what it gives.
func WithLogger(any) wrapping.Option { return nothing }

func nothing() any { return nil }
