// Package login gets tokens for Microsoft Graph from Entra ID: by a code that a person types in on any device, a client's
// secret or certificate, or the identity of the machine itself. It asks for permissions to read and for no others.
package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"triage/ingest/m365"
)

// Cloud is where a tenant lives. Source: Microsoft, "National cloud deployments".
type Cloud struct {
	Name      string
	Graph     string // the root of Microsoft Graph
	Authority string // of Entra ID
}

// Clouds are all clouds, the global one first.
func Clouds() []Cloud {
	return []Cloud{
		{"global", "https://graph.microsoft.com", cloud.AzurePublic.ActiveDirectoryAuthorityHost},
		{"usgov", "https://graph.microsoft.us", cloud.AzureGovernment.ActiveDirectoryAuthorityHost},
		{"usgov-dod", "https://dod-graph.microsoft.us", cloud.AzureGovernment.ActiveDirectoryAuthorityHost},
		{"china", "https://microsoftgraph.chinacloudapi.cn", cloud.AzureChina.ActiveDirectoryAuthorityHost},
	}
}

// CloudOf is the cloud of a name.
func CloudOf(name string) (Cloud, bool) {
	all := Clouds()
	i := slices.IndexFunc(all, func(c Cloud) bool { return c.Name == name })
	if i < 0 {
		return Cloud{}, false
	}
	return all[i], true
}

// ConsentURL is where an administrator of a tenant consents to what an application asks for.
func (c Cloud) ConsentURL(tenant, client string) string {
	if tenant == "" || client == "" {
		return ""
	}
	return strings.TrimRight(c.Authority, "/") + "/" + tenant + "/adminconsent?client_id=" + client
}

// The ways to get a token.
const (
	Device      = "device"
	Secret      = "secret"
	Certificate = "certificate"
	Managed     = "managed-identity"
)

// Ways lists them.
func Ways() []string { return []string{Device, Secret, Certificate, Managed} }

// CommandLineTools is the client by which Microsoft's own shell for Graph signs people in; a tenant that uses that shell
// knows it already.
const CommandLineTools = "14d82eec-204b-4c2f-b7e8-296a70dab67e"

// Options say who signs in, and how.
type Options struct {
	Way         string // one of Ways
	Cloud       Cloud
	Tenant      string // an id or a domain; may be empty for Managed
	Client      string // the application's id; empty: CommandLineTools for Device, the machine's own for Managed
	Secret      string
	Certificate string                            // a file, PEM or PKCS#12, with its key
	Password    string                            // of that file
	Permissions []string                          // that a person delegates; an application has what it was given
	Prompt      func(text string)                 // tells a person where to type which code in
	Transport   interface{ policy.Transporter }   // nil: the usual one
	Context     func() context.Context            // of each sign-in; nil: none that ends
	read        func(name string) ([]byte, error) // a file; nil: the disk's
}

// tokenSource asks a credential whenever a token is needed.
type tokenSource struct {
	credential azcore.TokenCredential
	scopes     []string
	context    func() context.Context
}

// New makes a source of tokens. It asks for none yet.
func New(o Options) (m365.Source, error) {
	if o.Context == nil {
		o.Context = context.Background
	}
	if o.read == nil {
		o.read = os.ReadFile
	}
	s := &tokenSource{context: o.Context, scopes: []string{o.Cloud.Graph + "/.default"}}
	if o.Way == Device {
		s.scopes = nil
		for _, p := range o.Permissions {
			s.scopes = append(s.scopes, o.Cloud.Graph+"/"+p)
		}
	}
	var err error
	s.credential, err = o.credential()
	return s, err
}

func (o *Options) credential() (azcore.TokenCredential, error) {
	client := policy.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: o.Cloud.Authority}}
	if o.Transport != nil {
		client.Transport = o.Transport
	}
	switch o.Way {
	case Device:
		if o.Client == "" {
			o.Client = CommandLineTools
		}
		return azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
			ClientOptions: client, TenantID: o.Tenant, ClientID: o.Client, DisableInstanceDiscovery: o.Transport != nil,
			UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error { o.Prompt(m.Message); return nil },
		})
	case Secret:
		return azidentity.NewClientSecretCredential(o.Tenant, o.Client, o.Secret, &azidentity.ClientSecretCredentialOptions{
			ClientOptions: client, DisableInstanceDiscovery: o.Transport != nil,
		})
	case Certificate:
		text, err := o.read(o.Certificate)
		if err != nil {
			return nil, err
		}
		certificates, key, err := azidentity.ParseCertificates(text, []byte(o.Password))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.Certificate, err)
		}
		return azidentity.NewClientCertificateCredential(o.Tenant, o.Client, certificates, key, &azidentity.ClientCertificateCredentialOptions{
			ClientOptions: client, DisableInstanceDiscovery: o.Transport != nil,
		})
	case Managed:
		options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: client}
		if o.Client != "" {
			options.ID = azidentity.ClientID(o.Client)
		}
		return azidentity.NewManagedIdentityCredential(options)
	}
	return nil, fmt.Errorf("unknown way %q", o.Way)
}

// Token implements m365.Source.
func (s *tokenSource) Token() (m365.Token, error) {
	got, err := s.credential.GetToken(s.context(), policy.TokenRequestOptions{Scopes: s.scopes})
	if err != nil {
		return m365.Token{}, errors.New(plainError(err))
	}
	return m365.NewToken(got.Token)
}

// plainError is why there is no token, on one line. The library quotes whole answers, and one that it cannot read holds the token.
func plainError(err error) string {
	text := err.Error()
	for _, mark := range []string{"raw message", "access_token", "refresh_token", "id_token"} {
		if i := strings.Index(text, mark); i >= 0 {
			text = text[:i]
		}
	}
	if failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); ok && failed.RawResponse != nil {
		text = http.StatusText(failed.RawResponse.StatusCode) + ": " + text
	}
	if i := strings.Index(text, "error_description"); i >= 0 {
		rest := strings.TrimLeft(text[i+len("error_description"):], `": `)
		if end := strings.IndexByte(rest, '"'); end > 0 {
			text = rest[:end]
		}
	}
	const most = 400
	runes := []rune(strings.Join(strings.Fields(strings.ReplaceAll(text, `\r\n`, " ")), " "))
	return string(runes[:min(len(runes), most)])
}
