package redact

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"

	"triage/analyzers/report"
)

var (
	domainLook = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([\pL\pN_]([\pL\pN_-]*[\pL\pN_])?\.)+(\pL{2,}|xn--[a-z0-9-]+)$`)
	})
	networkAS = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^AS[0-9]{1,10}$`) })
)

// standFor is what stands for a value: by its look, and where that tells nothing by the kind of thing that its field holds.
// A mail address keeps its shape, so that addresses of one domain are seen to be; an address of a host keeps its port.
func (x *Redactor) standFor(text, kind string) string {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return text
	case kind == "tenant" && text == string(report.NotNamed), kind == "net" && networkAS().MatchString(text), x.mine(trimmed):
		return text
	}
	if strings.HasPrefix(trimmed, "<") && strings.HasSuffix(trimmed, ">") && strings.Contains(trimmed, "@") {
		return x.named("message", strings.Trim(trimmed, "<>"))
	}
	if kind == "message" {
		return x.named(kind, trimmed)
	}
	if local, domain, ok := strings.Cut(trimmed, "@"); ok && local != "" && domainLook().MatchString(domain) && !strings.ContainsAny(local, " <>/\\:\"") {
		return x.named("user", trimmed) + "@" + x.named("domain", domain)
	}
	if ip, rest, ok := hostAddress(trimmed); ok {
		return x.named("ip", ip) + rest
	}
	if p, err := netip.ParsePrefix(trimmed); err == nil {
		return x.named("net", p.String())
	}
	if kind == "word" {
		kind = lookOf(trimmed)
	}
	if !slices.Contains([]string{"file", "folder", "rule", "pack", "version", "exception"}, kind) && domainLook().MatchString(trimmed) {
		kind = "domain"
	}
	return x.named(kind, trimmed)
}

var idLook = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`) })

// lookOf is the kind of a text of a sentence of which no field is known.
func lookOf(text string) string {
	switch {
	case strings.ContainsAny(text, `/\`):
		return "file"
	case idLook().MatchString(text):
		return "id"
	}
	return "word"
}

// hostAddress is a text that is an IP address, as the document has such, and the port behind it.
func hostAddress(text string) (ip, rest string, ok bool) {
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return addr.Unmap().String(), "", true
	}
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap().String(), text[strings.LastIndexByte(text, ':'):], true
	}
	return "", "", false
}

// mine says that a text is a token already, of this run.
func (x *Redactor) mine(text string) bool {
	_, ok := x.taken[text]
	return ok
}

// pairs of a token: 260^5 tokens, so that two of a million values seldom want the same one. If they do, the one that comes
// later gets a longer one.
const pairs = 5

// named is the token of a value: its kind and a keyed hash of it, for which its case does not matter.
func (x *Redactor) named(kind, text string) string {
	folded := strings.ToLower(text)
	at := [2]string{kind, folded}
	if token, ok := x.token[at]; ok {
		return token
	}
	hash := mac(x.key.tokens, folded)
	token := ""
	for n := pairs; n <= len(hash)/2; n++ {
		token = kind + "-" + alternate(hash, n)
		if other, ok := x.taken[token]; !ok || other == folded {
			break
		}
	}
	x.taken[token], x.token[at] = folded, token
	return token
}
