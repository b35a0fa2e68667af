package mysql

import (
	"errors"

	"cloud.google.com/go/cloudsqlconn"
)

func RegisterDriver(string, ...cloudsqlconn.Option) (func() error, error) {
	return nil, errors.New("not built in")
}
