// Package alicloudkms stands where the seal of that name is.
package alicloudkms

import wrapping "github.com/hashicorp/go-kms-wrapping/v2"

type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

var (
	EnvAliCloudKmsWrapperKeyId   string
	EnvVaultAliCloudKmsSealKeyId string
)
