package activity

import (
	"slices"
	"strings"
)

// several says that more than one tenant has a thing; 0 that none has it. Anything else is one more than the tenant's
// index.
const several = ^uint32(0)

// note adds a tenant to those that have a thing.
func note(to *uint32, tenant uint32) {
	switch *to {
	case 0:
		*to = tenant
	case tenant:
	default:
		*to = several
	}
}

// holder is which tenant has a mailbox or a domain. Only the tenant itself can have recorded an act in its mailbox; a
// logon or a shared file may be a guest's whom nothing calls one, so that they count where no such act is known.
type holder struct{ surely, likely uint32 }

// one is the only tenant that has it; 0 if there is none.
func (h holder) one() uint32 {
	at := h.surely
	if at == 0 {
		at = h.likely
	}
	if at == several {
		return 0
	}
	return at
}

// parting decides whose log every activity stands in.
type parting struct {
	c       *Case
	number  map[Symbol]uint32 // of a tenant's id
	of      []uint32          // by activity; 0: not known yet
	names   []holder          // by symbol, of mailboxes
	domains map[string]*holder
	files   []uint32     // by input: the tenant of its activities, as far as it is known
	guests  map[int]bool // activities of users whose own tenant is said to be another one
}

// tenants finds the ids of the tenants whose logs the case holds, in order, and the tenant of each activity, as one more
// than its index; where nothing tells an activity's, the last id is "". A case with one id or none is one tenant's: then
// it has no list.
func (b *Builder) tenants() (ids []string, of []uint32) {
	c := &b.c
	settleClaims(b.claims, len(c.Activities))
	found := map[Symbol]bool{}
	for i := range b.claims {
		if id := b.claims[i].claim.log; id != 0 {
			found[id] = true
		}
	}
	for id := range found {
		ids = append(ids, c.Text(id))
	}
	slices.Sort(ids)
	if len(ids) < 2 {
		c.Tenant, b.claims = strings.Join(ids, ""), nil
		return nil, nil
	}
	p := parting{
		c: c, number: map[Symbol]uint32{}, of: make([]uint32, len(c.Activities)), files: make([]uint32, len(c.Inputs)),
		guests: map[int]bool{},
	}
	for i, id := range ids {
		p.number[c.Symbols.Find(id)] = uint32(i) + 1
	}
	p.said(b.claims)
	b.claims = nil
	p.hold()
	p.byMailbox()
	p.byFile()
	if unknown := uint32(len(ids)) + 1; p.byDomain(unknown) {
		ids = append(ids, "")
	}
	return ids, p.of
}

// settleClaims decides of records that two tenants' logs may hold: the log is that of the tenant which other records
// name; where they name both, of the one that records of the same file name; else the resource's. Where nothing names
// either, most such records of a file have the log's tenant at one end. What is the resource's keeps its user's home.
func settleClaims(runs []claimed, activities int) {
	known, inFile, doubtful := namedTenants(runs)
	if !doubtful {
		return
	}
	ends := map[tenantPlace]int{}
	for i := range runs {
		if r := &runs[i]; r.claim.home != 0 && !known[r.claim.log] && !known[r.claim.home] {
			n := runEnd(runs, i, activities) - r.from
			ends[tenantPlace{r.file, r.claim.log}] += n
			ends[tenantPlace{r.file, r.claim.home}] += n
		}
	}
	for i := range runs {
		r := &runs[i]
		if r.claim.home == 0 {
			continue
		}
		log, home := tenantPlace{r.file, r.claim.log}, tenantPlace{r.file, r.claim.home}
		homes := false
		switch {
		case known[log.tenant] != known[home.tenant]:
			homes = known[home.tenant]
		case known[log.tenant]:
			homes = inFile[home] && !inFile[log]
		default:
			homes = ends[home] > ends[log]
		}
		if homes {
			r.claim = claim{log: home.tenant}
		}
	}
}

// tenantPlace is a tenant's id in a file.
type tenantPlace struct {
	file   uint32
	tenant Symbol
}

// namedTenants are those that records name without doubt; doubtful says that others leave one.
func namedTenants(runs []claimed) (known map[Symbol]bool, inFile map[tenantPlace]bool, doubtful bool) {
	known, inFile = map[Symbol]bool{}, map[tenantPlace]bool{}
	for _, r := range runs {
		if r.claim.home != 0 {
			doubtful = true
		} else if r.claim.log != 0 {
			known[r.claim.log], inFile[tenantPlace{r.file, r.claim.log}] = true, true
		}
	}
	return known, inFile, doubtful
}

// runEnd is where a stretch of activities ends.
func runEnd(runs []claimed, i, activities int) int {
	if i+1 < len(runs) {
		return runs[i+1].from
	}
	return activities
}

// said takes what the records say themselves.
func (p *parting) said(runs []claimed) {
	for i, run := range runs {
		n := p.number[run.claim.log]
		if n == 0 {
			continue
		}
		for at := run.from; at < runEnd(runs, i, len(p.of)); at++ {
			p.set(at, n)
			if run.claim.home != 0 {
				p.guests[at] = true
			}
		}
	}
}

func (p *parting) set(at int, tenant uint32) {
	p.of[at] = tenant
	note(&p.files[p.c.Activities[at].File], tenant)
}

// hold finds which mailboxes and domains each tenant has, by the records that name it.
func (p *parting) hold() {
	p.names, p.domains = make([]holder, p.c.Symbols.Len()), map[string]*holder{}
	exchange := p.c.Symbols.Find("Exchange")
	for i := range p.c.Activities {
		a := &p.c.Activities[i]
		if p.of[i] == 0 || a.Lane != Person {
			continue
		}
		act := exchange != 0 && p.c.Get(a, FieldWorkload) == exchange
		if !act && a.Type == Logon && a.Result != Success {
			continue // a failed logon may name anybody
		}
		stranger := strange(a) || p.guests[i]
		for _, name := range [2]Symbol{a.Mailbox, a.Actor} {
			switch {
			case name == 0 || stranger && name == a.Actor:
			case act:
				note(&p.names[name].surely, p.of[i])
			default:
				note(&p.names[name].likely, p.of[i])
			}
		}
	}
	p.guests = nil
	for name, h := range p.names {
		domain := afterAt(p.c.Text(Symbol(name)))
		if h == (holder{}) || domain == "" {
			continue
		}
		if p.domains[domain] == nil {
			p.domains[domain] = &holder{}
		}
		p.domains[domain].take(h)
	}
}

// strange says that who acts is no user of the tenant in whose log it stands.
func strange(a *Activity) bool {
	return a.ActorType == ActorGuest || a.ActorType == ActorPartnerTechnician
}

// take adds who has one of a domain's mailboxes.
func (h *holder) take(m holder) {
	if m.surely != 0 {
		note(&h.surely, m.surely)
	}
	if m.likely != 0 {
		note(&h.likely, m.likely)
	}
}

// afterAt is what stands behind the @ of a name; "" where there is none.
func afterAt(name string) string {
	_, domain, _ := strings.Cut(name, "@")
	return domain
}

func (p *parting) domain(name Symbol) uint32 {
	if h := p.domains[afterAt(p.c.Text(name))]; h != nil {
		return h.one()
	}
	return 0
}

// byMailbox gives what names no tenant to the one that has its mailbox, if exactly one has. Whose guest somebody is, the
// guest's mailbox does not say.
func (p *parting) byMailbox() {
	for i := range p.c.Activities {
		a := &p.c.Activities[i]
		if p.of[i] != 0 || strange(a) && a.Actor == a.Mailbox {
			continue
		}
		n := uint32(0)
		switch p.c.Inputs[a.File].Source {
		case SourceTrace:
			n = p.byEnds(a)
		case SourceMessage:
			if n = p.names[a.Mailbox].one(); n == 0 && a.Flags&OwnerLess != 0 {
				n = p.byEnds(a)
			}
		default:
			n = p.names[a.Mailbox].one()
		}
		if n != 0 {
			p.set(i, n)
		}
	}
}

// byEnds is the tenant that has the mailbox at one end of a message, and nobody's at the other: a trace says not which
// end is its mailbox. A name of a tenant's domain is taken for its mailbox, though no log names it.
func (p *parting) byEnds(a *Activity) uint32 {
	at := uint32(0)
	end := func(name Symbol) {
		n := p.names[name].one()
		if n == 0 {
			n = p.domain(name)
		}
		if n != 0 {
			note(&at, n)
		}
	}
	end(a.Mailbox)
	for _, d := range p.c.run(a) {
		switch d.Key {
		case KeyOf(FieldSender), KeyOf(FieldRecipients):
			if name := p.c.Symbols.Find(strings.ToLower(p.c.Text(d.Value))); name != 0 {
				end(name)
			}
		}
	}
	if at == several {
		return 0
	}
	return at
}

// byFile gives what is left to the tenant of the file's other activities, if they are of one.
func (p *parting) byFile() {
	one := slices.Clone(p.files)
	for i := range p.c.Activities {
		if n := one[p.c.Activities[i].File]; p.of[i] == 0 && n != several {
			p.of[i] = n
		}
	}
}

// byDomain gives what is left to the tenant that has its mailbox's domain; what nobody has is unknown's. It says whether
// there is such.
func (p *parting) byDomain(unknown uint32) (left bool) {
	for i := range p.c.Activities {
		if p.of[i] != 0 {
			continue
		}
		if p.of[i] = p.domain(p.c.Activities[i].Mailbox); p.of[i] == 0 {
			p.of[i], left = unknown, true
		}
	}
	return left
}
