package activity

import (
	"bytes"
	"slices"
	"strings"
)

// claim is what a record says of the tenant whose log it stands in.
type claim struct {
	log  Symbol // the tenant's id in lower case; 0: the record does not say
	home Symbol // the user's own tenant, where that is another one: the log may be its as well; 0: it is not
}

// claimed is a stretch of activities that say the same of their tenant. Nearly every file is one stretch: a table beside
// the activities costs less than a field in each.
type claimed struct {
	from  int // the first of them, counted as they are added
	file  uint32
	claim claim
}

// claims are what the records of a shard say of their tenants.
type claims struct {
	runs []claimed
	next claim // of the record at hand
	ids  [2]knownID
}

// knownID is the id that was read last: most records repeat it.
type knownID struct {
	text []byte
	id   Symbol
}

// Tenant says that the record at hand stands in the log of the tenant of that id. It is false for a text that is no id,
// which says nothing: every service writes a GUID, and one of zeros where it knows none.
func (s *Shard) Tenant(id []byte) bool {
	s.claims.next = claim{log: s.tenantID(0, id)}
	return s.claims.next.log != 0
}

// TenantOrHome is Tenant for a record that both tenants' logs hold: a sign-in of home's user to what is resource's.
func (s *Shard) TenantOrHome(resource, home []byte) {
	if !s.Tenant(resource) {
		return // a guest's own tenant is not the log's
	}
	if other := s.tenantID(1, home); other != s.claims.next.log {
		s.claims.next.home = other
	}
}

func (s *Shard) tenantID(which int, text []byte) Symbol {
	if len(text) == 0 {
		return 0
	}
	known := &s.claims.ids[which]
	if bytes.Equal(known.text, text) {
		return known.id
	}
	trimmed := bytes.TrimSpace(text)
	id, ok := GUID(trimmed)
	if !ok || id == (ID{}) {
		return 0
	}
	known.text, known.id = append(known.text[:0], text...), s.InternFold(trimmed)
	return known.id
}

// claim notes what the record at hand says, as activity number at.
func (c *claims) claim(at int) {
	last := claim{}
	if n := len(c.runs); n > 0 {
		last = c.runs[n-1].claim
	}
	if c.next != last {
		c.runs = append(c.runs, claimed{from: at, claim: c.next})
	}
	c.next = claim{}
}

// of is what a shard's records say, as the case writes it: renumber is as takeTexts gives it. The first stretch begins with
// the first activity.
func (c *claims) of(file uint32, renumber []Symbol) []claimed {
	var said []claimed
	if len(c.runs) == 0 || c.runs[0].from > 0 {
		said = append(said, claimed{file: file})
	}
	for _, run := range c.runs {
		if renumber != nil {
			run.claim = claim{renumber[run.claim.log], renumber[run.claim.home]}
		}
		run.file = file
		said = append(said, run)
	}
	return said
}

// claimReader goes through what a shard's activities say, a block at a time.
type claimReader struct {
	said []claimed
	run  int // the stretch that the next activity is in
	at   int // the next activity
}

// next adds what the next n activities say to those that say something already, as activities from number first on.
func (r *claimReader) next(to []claimed, n, first int) []claimed {
	for end := r.at + n; ; r.run++ {
		run := r.said[r.run]
		if last := r.run + 1; last < len(r.said) && r.said[last].from <= r.at {
			continue // the stretch is over
		}
		run.from = first + max(run.from-r.at, 0)
		to = appendClaim(to, run)
		if last := r.run + 1; last == len(r.said) || r.said[last].from >= end {
			r.at = end
			return to
		}
	}
}

// appendClaim adds a stretch, unless it goes on with the one before.
func appendClaim(to []claimed, run claimed) []claimed {
	if last := len(to) - 1; last >= 0 && to[last].file == run.file && to[last].claim == run.claim {
		return to
	}
	return append(to, run)
}

// PublicMail says whether a domain is one of a public mail provider, at which everybody may have a mailbox: no tenant's own.
func PublicMail(domain string) bool {
	family, rest, _ := strings.Cut(domain, ".")
	switch family {
	case "gmail", "googlemail", "hotmail", "live", "outlook", "yahoo", "ymail", "gmx", "yandex", "aol", "icloud":
		// of any country: yahoo.co.uk, hotmail.fr
		return !slices.ContainsFunc(strings.Split(rest, "."), func(label string) bool { return label == "" || len(label) > 3 })
	}
	_, found := slices.BinarySearch(publicMail[:], domain)
	return found
}

// publicMail are further providers, sorted.
var publicMail = [...]string{
	"126.com", "163.com", "att.net", "bluewin.ch", "bol.com.br", "btinternet.com", "comcast.net", "cox.net", "daum.net",
	"earthlink.net", "fastmail.com", "free.fr", "freenet.de", "hanmail.net", "hey.com", "hushmail.com", "inbox.com", "laposte.net",
	"libero.it", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "o2.pl", "onet.pl", "orange.fr",
	"outlook.com", "pm.me", "proton.me", "protonmail.com", "qq.com", "rediffmail.com", "rocketmail.com", "sbcglobal.net",
	"seznam.cz", "sfr.fr", "t-online.de", "talktalk.net", "telenet.be", "terra.com.br", "tin.it", "tuta.com", "tutanota.com",
	"uol.com.br", "verizon.net", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl", "ziggo.nl", "zoho.com",
}
