package collect

import (
	"net/url"
	"strings"
	"time"
)

// stamp is how filters write a time: UTC, with the service's own resolution.
const (
	stamp = "2006-01-02T15:04:05.0000000Z"
	tick  = 100 * time.Nanosecond
)

// Versions of Graph. Auto is v1.0, or beta where v1.0 does not know a list.
const (
	Auto = "auto"
	V1   = "v1.0"
	Beta = "beta"
)

// Versions lists what Options.Version may be.
func Versions() []string { return []string{Auto, V1, Beta} }

func pathParts(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// address is where a list is asked for, below the root. The times are from inclusive to exclusive; zero: all.
func (l *List) address(version, mailbox string, from, to time.Time) string {
	path := strings.ReplaceAll(l.Path, "{mailbox}", url.PathEscape(mailbox))
	var filters []string
	if l.Time != "" && !from.IsZero() {
		// The lists know ge and le, no lt.
		filters = append(filters, l.Time+" ge "+from.UTC().Format(stamp)+" and "+l.Time+" le "+to.Add(-tick).UTC().Format(stamp))
	}
	if l.Filter != "" {
		filters = append(filters, l.Filter)
	}
	var options []string
	if len(filters) > 0 {
		options = append(options, "$filter="+strings.Join(filters, " and "))
	}
	options = append(options, l.Options...)
	for i, o := range options {
		name, value, _ := strings.Cut(o, "=")
		// OData servers need not read "+" as a blank.
		options[i] = name + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	}
	address := "/" + version + path
	if len(options) > 0 {
		address += "?" + strings.Join(options, "&")
	}
	return address
}

// usable says that a mailbox can stand in an address: a user principal name or an object id.
func usable(mailbox string) bool {
	return mailbox != "" && len(mailbox) <= 320 && !strings.HasPrefix(mailbox, "$") && !strings.HasPrefix(mailbox, ".") &&
		!strings.ContainsFunc(mailbox, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`/\?#%`, r) })
}
