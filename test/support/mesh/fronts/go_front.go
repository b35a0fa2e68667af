// Go's net/http in front of the sandbox: front SETTINGS
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

type settings struct {
	Certificate, Key, ClientCa, Demands, Version string
	Port, UpstreamPort                           int
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	must(err)
	var s settings
	must(json.Unmarshal(text, &s))
	version := map[string]uint16{"TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13}[s.Version]
	config := &tls.Config{MinVersion: version, MaxVersion: version}
	if s.Demands == "certificate" {
		ca, err := os.ReadFile(s.ClientCa)
		must(err)
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(ca)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	upstream, err := url.Parse(fmt.Sprintf("http://127.0.0.1:%d", s.UpstreamPort))
	must(err)
	server := &http.Server{
		Addr:      fmt.Sprintf("127.0.0.1:%d", s.Port),
		Handler:   httputil.NewSingleHostReverseProxy(upstream),
		TLSConfig: config,
	}
	must(server.ListenAndServeTLS(s.Certificate, s.Key))
}
