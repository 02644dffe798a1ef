package activity

import (
	"slices"
	"testing"
)

// Promise: a public provider is known in all countries, and nobody else is taken for one.
func TestPublicMail(t *testing.T) {
	if !slices.IsSorted(publicMail[:]) {
		t.Error("not in order")
	}
	for _, domain := range []string{"gmail.com", "yahoo.co.uk", "hotmail.fr", "web.de", "126.com", "zoho.com", "outlook.com.br"} {
		if !PublicMail(domain) {
			t.Errorf("%s is none", domain)
		}
	}
	for _, domain := range []string{"", "contoso.com", "gmail.example", "live.contoso.com", "yahoo", "mail.contoso.com", "outlook..com", "gmail.com.contoso"} {
		if PublicMail(domain) {
			t.Errorf("%q is one", domain)
		}
	}
}
