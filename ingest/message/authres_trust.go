package message

import (
	"fmt"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// verdict is what the receiving server says of a message's sender. Only the topmost Authentication-Results header is
// taken, with those of the same server down to a Received line: the receiving server puts its own above everything that
// came with the message, and a sender can plant lower ones. An empty value is unknown, never a pass.
type verdict struct {
	present                   bool
	server                    string
	spf, dmarc, action        string
	dkim, dkimDomains         []string // one a signature
	compauth, reason          string
	mailFrom, headerFrom, arc string
	senderIP                  string
	planted                   []string // what lower headers claim in the same server's name, and the topmost does not say
	lower                     []string // all lower headers, in a few words
	faults                    []string
}

const (
	authHeader = "authentication-results"
	arcHeader  = "arc-authentication-results"
	spfHeader  = "received-spf"
)

// maxLower bounds how many lower headers are looked at: a sender may plant any number.
const maxLower = 20

// judge reads a message's headers.
func judge(h headers) verdict {
	var v verdict
	values := h.all(authHeader)
	if len(values) > 0 {
		top, err := ParseAuthResults(values[0])
		v.fault("Authentication-Results", err)
		v.take(top)
		v.takeRest(h, &top)
		for i, value := range values[1:min(len(values), maxLower)] {
			lower, _ := ParseAuthResults(value) // not trusted, so its faults matter to nobody
			v.compare(top, lower, fmt.Sprintf("Authentication-Results %d of %d", i+2, len(values)))
		}
	}
	v.takeSPF(h.first(spfHeader))
	v.takeARC(h.first(arcHeader))
	return v
}

func (v *verdict) fault(name string, err error) {
	if err != nil {
		v.faults = append(v.faults, name+": "+strings.ReplaceAll(err.Error(), "\n", "; "))
	}
}

// take reads the results that rules ask for.
func (v *verdict) take(top AuthResults) {
	v.present, v.server = true, top.Server
	for i := range top.Results {
		r := &top.Results[i]
		switch r.Method {
		case "spf":
			v.spf, v.mailFrom = r.Value, domainIn(r.Prop("smtp.mailfrom"))
			if ip, ok := strings.CutPrefix(r.Comment, "sender IP is "); ok {
				v.senderIP = ip
			}
		case "dkim":
			v.dkim = append(v.dkim, r.Value)
			if d := r.Prop("header.d"); d != "" && d != "none" {
				v.dkimDomains = append(v.dkimDomains, strings.ToLower(d))
			}
		case "dmarc":
			v.dmarc, v.headerFrom = r.Value, domainIn(r.Prop("header.from"))
			v.action = strings.ToLower(r.Prop("action"))
		case "compauth":
			v.compauth, v.reason = r.Value, r.Prop("reason")
		case "arc":
			v.arc = r.Value
		}
	}
}

// takeRest takes what the receiving server wrote into further headers, as RFC 8601 §7.6 allows: those in its name that stand
// above its own Received line, for methods that no upper one speaks of. Below that line a sender may have written, who knows
// the server's name: whoever plants results does not plant a failure, so that only a pass is not believed there. top takes
// them in.
func (v *verdict) takeRest(h headers, top *AuthResults) {
	if top.Server == "" {
		return
	}
	above := aboveReceipt(h, top.Server)
	said := map[string]bool{}
	for i := range top.Results {
		said[top.Results[i].Method] = true
	}
	n := 0
	for _, f := range h {
		switch {
		case f.name == "received" && n > 0, n > maxLower:
			return
		case f.name != authHeader:
			continue
		}
		if n++; n == 1 {
			continue
		}
		next, err := ParseAuthResults(f.value)
		if next.Server != top.Server {
			continue
		}
		v.fault("Authentication-Results", err)
		var more AuthResults
		for _, r := range next.Results {
			if !said[r.Method] && (above || !strings.HasSuffix(r.Value, "pass")) {
				more.Results = append(more.Results, r)
			}
		}
		more.Server = top.Server
		v.take(more)
		top.Results = append(top.Results, more.Results...)
		for i := range more.Results {
			said[more.Results[i].Method] = true
		}
	}
}

// aboveReceipt says whether the topmost results stand above the line in which their server received the message. They do if
// nobody's line is above them: it must be below. Else the nearest line below must be the server's, and none above. What
// remains: a server whose lines do not go by the name of its results, to which a sender adds a line that does.
func aboveReceipt(h headers, server string) bool {
	lines := 0
	at := slices.IndexFunc(h, func(f header) bool { return f.name == authHeader })
	for _, f := range h[:max(at, 0)] {
		if f.name == "received" {
			if lines++; receivedBy(f.value, server) {
				return false
			}
		}
	}
	if lines == 0 {
		return true
	}
	for _, f := range h[max(at, 0):] {
		if f.name == "received" {
			return receivedBy(f.value, server)
		}
	}
	return false
}

// receivedBy says whether a Received line is of a server, or of its neighbour: mx1.contoso.com, mx2.contoso.com.
func receivedBy(line, server string) bool {
	words := strings.Fields(strings.ToLower(line))
	server = strings.ToLower(server)
	for i, word := range words[:max(0, len(words)-1)] {
		if word == "by" && sameSite(strings.Trim(words[i+1], ";()"), server) {
			return true
		}
	}
	return false
}

func sameSite(x, y string) bool {
	if x == y || strings.HasSuffix(x, "."+y) || strings.HasSuffix(y, "."+x) {
		return true
	}
	_, siteX, _ := strings.Cut(x, ".")
	_, siteY, _ := strings.Cut(y, ".")
	return siteX == siteY && strings.Contains(siteX, ".")
}

// takeSPF falls back on Received-SPF where the results say nothing of SPF. Whoever plants one does not plant a failure,
// and a pass is not evidence of anything.
func (v *verdict) takeSPF(value string) {
	if value == "" || v.spf != "" {
		return
	}
	r, err := ParseReceivedSPF(value)
	v.fault("Received-SPF", err)
	v.spf = r.Value
	for _, p := range r.Props {
		switch p.Name {
		case "client-ip":
			v.senderIP = p.Value
		case "envelope-from":
			v.mailFrom = domainIn(p.Value)
		}
	}
}

// takeARC names what an earlier server saw, without trust: anybody can write a chain.
func (v *verdict) takeARC(value string) {
	if value == "" {
		return
	}
	r, _ := ParseAuthResults(value)
	v.lower = append(v.lower, fmt.Sprintf("ARC-Authentication-Results i=%d: %s", r.Instance, inShort(r)))
}

// compare notes what a lower header says. A header in the topmost one's own server's name that passes what the topmost
// does not pass is named as planted: a receiving server takes away headers in its name (RFC 8601 §5).
func (v *verdict) compare(top, lower AuthResults, where string) {
	v.lower = append(v.lower, where+": "+inShort(lower))
	if lower.Server != top.Server {
		return
	}
	for _, method := range []string{"spf", "dkim", "dmarc", "compauth"} {
		said, passed := passes(top, method)
		if _, claims := passes(lower, method); claims && said && !passed {
			v.planted = append(v.planted, method+"=pass in "+where)
		}
	}
}

// passes says whether a header has a result of the method, and whether one of them is a pass.
func passes(a AuthResults, method string) (said, passed bool) {
	for i := range a.Results {
		if a.Results[i].Method == method {
			said, passed = true, passed || a.Results[i].Value == "pass"
		}
	}
	return said, passed
}

// inShort is a header as "spf=pass dkim=fail dmarc=fail by mx.example.org".
func inShort(a AuthResults) string {
	const most = 10
	var words []string
	for i := range a.Results[:min(len(a.Results), most)] {
		words = append(words, cutWord(a.Results[i].Method)+"="+cutWord(a.Results[i].Value))
	}
	if len(words) == 0 {
		words = append(words, "no results")
	}
	if a.Server != "" {
		words = append(words, "by", cutWord(a.Server))
	}
	return strings.Join(words, " ")
}

// cutWord bounds a word that a sender may have written.
func cutWord(word string) string {
	const most = 100
	if len(word) > most {
		return strings.ToValidUTF8(word[:most], "") + "…"
	}
	return word
}

// domainIn is the domain of an address, or of a domain, in lower case.
func domainIn(address string) string {
	domain := strings.ToLower(strings.Trim(address, " <>\"'"))
	return strings.TrimRight(domain[strings.LastIndexByte(domain, '@')+1:], ".")
}

// put adds the verdict to the record at hand. What the headers do not say is absent.
func (v *verdict) put(to *activity.Shard) {
	put := func(name string, values ...string) {
		for _, value := range values {
			if value != "" {
				to.PutNamed([]byte("params."+name), record.Bounded(to, text(value)))
			}
		}
	}
	put("spf", v.spf)
	put("dkim", v.dkim...)
	put("dkim_domain", v.dkimDomains...)
	put("dmarc", v.dmarc)
	put("dmarc_action", v.action)
	put("compauth", v.compauth)
	put("compauth_reason", v.reason)
	put("authserv", v.server)
	put("mailfrom_domain", v.mailFrom)
	put("header_from", v.headerFrom)
	put("arc", v.arc)
	put("sender_ip", v.senderIP)
	put("planted", v.planted...)
	put("untrusted", v.lower...)
	put("auth_fault", v.faults...)
	if !v.present {
		put("auth", "none") // so that a rule can ask for messages whose headers say nothing
	}
}

// sumText is the verdict as far as two copies of one message must agree on it.
func (v *verdict) sumText() string {
	return strings.Join(slices.Concat([]string{v.server, v.spf, v.dmarc, v.action, v.compauth, v.reason, v.mailFrom}, v.dkim), "\x00")
}
