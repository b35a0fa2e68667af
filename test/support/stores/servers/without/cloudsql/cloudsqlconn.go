// Package cloudsqlconn stands where the way to Google's databases is.
package cloudsqlconn

type (
	Option     any
	DialOption any
)

func WithIAMAuthN() Option                        { return nil }
func WithCredentialsJSON([]byte) Option           { return nil }
func WithDefaultDialOptions(...DialOption) Option { return nil }
func WithPrivateIP() DialOption                   { return nil }
func WithPSC() DialOption                         { return nil }
