package login

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	tenant = "11111111-2222-4333-8444-555555555555"
	client = "66666666-7777-4888-9999-000000000000"
)

// authority is an Entra ID that gives a token for the right secret, a signed assertion, or a device code after a while.
type authority struct {
	mu      sync.Mutex
	forms   []map[string]string
	refused string // the error of every answer; "": none
	polls   int
	more    string // of an answer with a token
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	root := "https://" + r.Host + "/" + tenant
	if strings.HasSuffix(r.URL.Path, "openid-configuration") {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"authorization_endpoint": root + "/oauth2/v2.0/authorize", "token_endpoint": root + "/oauth2/v2.0/token",
			"device_authorization_endpoint": root + "/oauth2/v2.0/devicecode", "issuer": root + "/v2.0",
		})
		return
	}
	_ = r.ParseForm()
	form := map[string]string{"path": r.URL.Path}
	for name := range r.PostForm {
		form[name] = r.PostForm.Get(name)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forms = append(a.forms, form)
	switch {
	case a.refused != "":
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":"invalid_client","error_description":%q}`, a.refused)
	case strings.HasSuffix(r.URL.Path, "/devicecode"):
		fmt.Fprint(w, `{"user_code":"ABC-DEF","device_code":"device","verification_uri":"https://login.example/device","expires_in":900,"interval":1,"message":"open https://login.example/device and type ABC-DEF"}`)
	case form["device_code"] != "" && a.polls == 0:
		a.polls++
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"authorization_pending","error_description":"wait"}`)
	default:
		fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"token-%d-0123456789abcdef"%s}`, len(a.forms), a.more)
	}
}

func newAuthority(t *testing.T) (*authority, Options) {
	a := &authority{}
	s := httptest.NewTLSServer(a)
	t.Cleanup(s.Close)
	return a, Options{
		Cloud: Cloud{Name: "test", Graph: "https://graph.example", Authority: s.URL + "/"}, Tenant: tenant, Client: client, Transport: s.Client(),
	}
}

// Promise: a secret gets a token for Graph and nothing else; a second one where the first is asked for again is the same
// until it ends.
func TestSecret(t *testing.T) {
	a, o := newAuthority(t)
	o.Way, o.Secret = Secret, "the-secret-of-the-client"
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Token()
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v", token, token); strings.Contains(text, "0123456789") {
		t.Errorf("the token is shown: %s", text)
	}
	form := a.forms[len(a.forms)-1]
	if form["client_secret"] != o.Secret || form["client_id"] != client || !strings.Contains(form["scope"], "https://graph.example/.default") || form["grant_type"] != "client_credentials" {
		t.Errorf("asked %v", form)
	}
	if again, err := s.Token(); err != nil || again != token {
		t.Errorf("again: %v", err)
	}
}

// Promise: a refusal says why, on one line, without the secret.
func TestRefused(t *testing.T) {
	a, o := newAuthority(t)
	o.Way, o.Secret = Secret, "the-secret-of-the-client"
	a.refused = "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1"
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Token()
	if err == nil || !strings.Contains(err.Error(), "AADSTS7000215") || strings.Contains(err.Error(), o.Secret) || strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("got %q", err)
	}
}

// Promise: an answer that nobody can read shows no token.
func TestUnreadable(t *testing.T) {
	a, o := newAuthority(t)
	o.Way, o.Secret, a.more = Secret, "the-secret-of-the-client", `,"id_token":""`
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.Token(); err == nil || strings.Contains(err.Error(), "0123456789") || !strings.Contains(err.Error(), "json") {
		t.Errorf("got %v", err)
	}
}

// Promise: a person is told where to type which code in, and delegates the permissions to read that are named.
func TestDevice(t *testing.T) {
	a, o := newAuthority(t)
	var told string
	o.Way, o.Client, o.Permissions, o.Prompt = Device, "", []string{"AuditLog.Read.All"}, func(text string) { told = text }
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told, "ABC-DEF") {
		t.Errorf("told %q", told)
	}
	if form := a.forms[0]; form["client_id"] != CommandLineTools || !strings.Contains(form["scope"], "https://graph.example/AuditLog.Read.All") {
		t.Errorf("asked %v", form)
	}
}

// Promise: a certificate signs an assertion; its key is sent nowhere. A file that holds none is named.
func TestCertificate(t *testing.T) {
	a, o := newAuthority(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "triage"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})...)
	o.Way, o.Certificate = Certificate, "client.pem"
	o.read = func(string) ([]byte, error) { return text, nil }
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(); err != nil {
		t.Fatal(err)
	}
	if form := a.forms[len(a.forms)-1]; strings.Count(form["client_assertion"], ".") != 2 || form["client_secret"] != "" {
		t.Errorf("asked %v", form)
	}
	o.read = func(string) ([]byte, error) { return []byte("nothing"), nil }
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "client.pem") {
		t.Errorf("got %v", err)
	}
}

// Promise: each cloud has its own service and its own Entra ID.
func TestClouds(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Clouds() {
		if seen[c.Graph] || !strings.HasPrefix(c.Graph, "https://") || !strings.HasPrefix(c.Authority, "https://") {
			t.Errorf("%+v", c)
		}
		seen[c.Graph] = true
		if got, ok := CloudOf(c.Name); !ok || got != c {
			t.Errorf("%s: %+v", c.Name, got)
		}
	}
	if url := Clouds()[0].ConsentURL(tenant, client); url != "https://login.microsoftonline.com/"+tenant+"/adminconsent?client_id="+client {
		t.Errorf("got %s", url)
	}
}
