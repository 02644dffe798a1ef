package account

import (
	"net/url"
	"strings"

	"triage/ingest/activity"
)

// nameKind says what a name is.
type nameKind uint8

const (
	address nameKind = iota // a user principal name or mail address
	short                   // an alias: one word
	id                      // a directory id, a PUID, a security identifier
	display                 // what people are shown: it names nobody for sure
	link                    // a guest: who came by a link, by the address that it was sent to, or has an account elsewhere
	nobody                  // whoever had a link
	machine                 // the service itself
)

// name is what a text in lower case calls an account.
type name struct {
	text string
	kind nameKind
}

// plain reads a name as logs spell it: Exchange writes aliases, paths and legacy distinguished names, SharePoint claims,
// trackers "Name <address>". Sources: SharePoint's claim encoding (learn.microsoft.com, "SharePoint claims encoding"), and
// real exports.
func plain(text string) name {
	text = unquoted(text)
	if strings.Contains(text, "%7c") || strings.Contains(text, "%40") || strings.Contains(text, "%3a") {
		if s, err := url.PathUnescape(text); err == nil {
			text = unquoted(s)
		}
	}
	if rest, ok := strings.CutPrefix(text, "urn:spo:"); ok {
		return linked(rest)
	}
	if text == "anonymous" || text == "anonymous user" {
		return name{text, nobody}
	}
	if len(text) > 4 && text[0] == '0' && strings.Contains(text, "|") && strings.ContainsAny(text[1:2], "#.hi") {
		text = "i:" + text // the issuer's kind left out
	}
	if len(text) > 4 && text[1] == ':' && text[2] == '0' && strings.Contains(text, "|") {
		return claimed(text)
	}
	if inside, ok := angled(text); ok {
		text = inside
	}
	for _, prefix := range [...]string{"smtp:", "sip:", "x500:", "ex:", "mailto:"} {
		text = strings.TrimPrefix(text, prefix)
	}
	if _, who, ok := strings.Cut(text, "live.com#"); ok && isAddress(who) {
		return name{who, link} // how Entra calls a personal account, which is a guest's
	}
	return bare(text)
}

// linked is a guest of a sharing link, or nobody.
func linked(text string) name {
	how, who, _ := strings.Cut(text, "#")
	if who = unquoted(who); how == "guest" && isAddress(who) {
		return name{who, link}
	}
	return name{strings.TrimSpace("anonymous link " + who), nobody}
}

// claimed is the account in a claim: its last part, unless the claim is of a group or an application.
func claimed(text string) name {
	last := unquoted(text[strings.LastIndexByte(text, '|')+1:])
	if rest, ok := strings.CutPrefix(last, "urn:spo:"); ok {
		return linked(rest)
	}
	switch {
	case text[0] == 'c' || strings.HasPrefix(text, "i:0i.t|") && !isAddress(last):
		return name{text, machine}
	case strings.HasPrefix(last, "app@"):
		return name{last, machine}
	}
	return bare(last)
}

// bare is a name without what stood around it.
func bare(text string) name {
	text = unquoted(strings.TrimRight(text, "; ,"))
	if first, rest, ok := strings.Cut(text, " ("); ok && isAddress(first) && strings.HasSuffix(rest, ")") {
		text = first // anna@contoso.com (Anna Able)
	}
	if strings.HasPrefix(text, "/o=") || strings.Contains(text, "/cn=") {
		text = distinguished(text)
	} else if rest, ok := strings.CutPrefix(text, "cn="); ok && strings.Contains(rest, ",") {
		text, _, _ = strings.Cut(rest, ",") // a directory's distinguished name
	} else if i := strings.LastIndexAny(text, `/\`); i >= 0 && !isAddress(text) {
		text = unquoted(text[i+1:])
	}
	if isAddress(text) {
		if local, domain, _ := strings.Cut(text, "@"); isID(local) && domain == "live.com" {
			return name{local, id} // how SharePoint writes a PUID
		}
		return name{text, address}
	}
	switch {
	case isID(text):
		return name{text, id}
	case strings.ContainsAny(text, " ,;()"):
		return name{text, display}
	default:
		return name{text, short}
	}
}

// distinguished is the alias in a legacy distinguished name: "/o=exchangelabs/…/cn=recipients/cn=0123…-anna".
func distinguished(text string) string {
	last := text[strings.LastIndexByte(text, '=')+1:]
	if head, alias, ok := strings.Cut(last, "-"); ok && len(head) == 32 && isHex(head) && alias != "" {
		return alias
	}
	return last
}

// angled is what stands in the angle brackets that a name ends with.
func angled(text string) (string, bool) {
	i := strings.LastIndexByte(text, '<')
	if i < 0 || !strings.HasSuffix(text, ">") {
		return "", false
	}
	return text[i+1 : len(text)-1], true
}

// unquoted takes away white space and quotes around a text.
func unquoted(text string) string { return strings.Trim(text, " \t\r\n\"'\u00a0") }

// isAddress says whether a text is one address: a guest's user principal name is one, too ("a_b.example#ext#@tenant").
func isAddress(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && local != "" && domain != "" && !strings.ContainsAny(text, " <>|\\\"/,;") && !strings.Contains(domain, "@")
}

// isID says whether a text is a directory id, a PUID (16 hexadecimal digits) or a security identifier.
func isID(text string) bool {
	if _, guid := activity.GUID([]byte(text)); guid {
		return true
	}
	return len(text) == 16 && isHex(text) && strings.ContainsAny(text, "0123456789") || strings.HasPrefix(text, "s-1-")
}

func isHex(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return text != ""
}
