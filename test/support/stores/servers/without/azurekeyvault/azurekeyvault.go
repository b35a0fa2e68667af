// Package azurekeyvault stands where the seal of that name is.
package azurekeyvault

import wrapping "github.com/hashicorp/go-kms-wrapping/v2"

type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

var (
	EnvAzureKeyVaultWrapperKeyName   string
	EnvAzureKeyVaultWrapperVaultName string
	EnvVaultAzureKeyVaultKeyName     string
	EnvVaultAzureKeyVaultVaultName   string
)

func WithDisallowEnvVars(bool) wrapping.Option { return func() any { return nil } }
