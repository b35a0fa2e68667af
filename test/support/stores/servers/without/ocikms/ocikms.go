// Package ocikms stands where the seal of that name is.
package ocikms

import wrapping "github.com/hashicorp/go-kms-wrapping/v2"

type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

var (
	EnvOciKmsWrapperCryptoEndpoint       string
	EnvOciKmsWrapperKeyId                string
	EnvOciKmsWrapperManagementEndpoint   string
	EnvVaultOciKmsSealCryptoEndpoint     string
	EnvVaultOciKmsSealKeyId              string
	EnvVaultOciKmsSealManagementEndpoint string
	KmsConfigCryptoEndpoint              string
	KmsConfigKeyId                       string
	KmsConfigManagementEndpoint          string
)
