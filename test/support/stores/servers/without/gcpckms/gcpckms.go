// Package gcpckms stands where the seal of that name is.
package gcpckms

import wrapping "github.com/hashicorp/go-kms-wrapping/v2"

type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

var (
	EnvGcpCkmsWrapperCredsPath   string
	EnvGcpCkmsWrapperCryptoKey   string
	EnvGcpCkmsWrapperKeyRing     string
	EnvGcpCkmsWrapperLocation    string
	EnvGcpCkmsWrapperProject     string
	EnvVaultGcpCkmsSealCryptoKey string
	EnvVaultGcpCkmsSealKeyRing   string
)
