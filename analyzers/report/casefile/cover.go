package casefile

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// cover is chapter 0: the verdict as a sentence, whose case it is, what was read.
type cover struct {
	Lang     phrase.Language
	Title    string
	Deck     []string
	Name     string // of the case
	Client   string
	TLP      string
	Facts    []pair
	Filtered []string // what filters left out
	Exhibits []exhibit
	Many     string // where there are too many exhibits for the cover
}

// pair is a word and what it is.
type pair struct{ Name, Value string }

// exhibit is one input.
type exhibit struct {
	Label, Name, Path, Kind, Rows, Span, SHA256, Note string
}

// coverPage makes chapter 0.
type coverPage struct{ *book }

func (b coverPage) cover() cover {
	c := cover{Lang: cmp.Or(b.lang, phrase.English), Title: b.title(), Deck: b.deck(), Name: b.caseName()}
	c.Client, c.TLP = cell(b.r.Case.Client), cell(b.r.Case.Marking())
	c.Facts = []pair{{b.say("Case"), c.Name}}
	for _, p := range []pair{{b.say("Client"), c.Client}, {b.say("Analyst"), cell(b.r.Case.Analyst)}} {
		if p.Value != "" {
			c.Facts = append(c.Facts, p)
		}
	}
	c.Facts = append(c.Facts, pair{b.say("As of"), b.written(b.r.AsOf)}, pair{b.say("Evidence"), b.evidenceSpan()}, pair{b.say("Made by"), b.madeBy()})
	if all := b.exhibits(); len(all) > mostExhibits {
		c.Many = fmt.Sprintf("%s, listed in chapter 14. SHA-256 over the list of their hashes, one a line: %s", plural(len(all), "exhibit", "exhibits"), hashOfList(all))
	} else {
		c.Exhibits = all
	}
	c.Filtered = b.filtered()
	return c
}

// caseName is what the case is called: its folder, where nobody named it.
func (b coverPage) caseName() string {
	if b.r.Case.Name != "" {
		return cell(b.r.Case.Name)
	}
	name := ""
	for i := range b.r.Inputs {
		folder := folderOf(b.r.Inputs[i].Path)
		if i > 0 && folder != name {
			return "not named"
		}
		name = folder
	}
	return or(cell(baseName(name)), "not named")
}

func folderOf(path string) string { return path[:max(strings.LastIndexAny(path, `/\`), 0)] }

func (b coverPage) madeBy() string {
	out := cell(b.r.Tool.Name) + " " + cell(b.r.Tool.Version)
	for i := range b.r.Packs[:min(len(b.r.Packs), 2)] {
		out += ", " + cell(b.r.Packs[i].ID) + " " + cell(b.r.Packs[i].Version)
	}
	return out
}

func (b coverPage) evidenceSpan() string {
	first, last := report.Time(0), report.Time(0)
	for i := range b.r.Inputs {
		if t := b.r.Inputs[i].First; isKnown(t) && (first == 0 || t < first) {
			first = t
		}
		last = max(last, b.r.Inputs[i].Last)
	}
	if !isKnown(first) {
		return "no dated row"
	}
	return format(first, "2 Jan 2006", "") + " – " + format(last, "2 Jan 2006", "")
}

// formatWords is a format in the words of the field.
func formatWords(name string) string {
	for _, k := range []struct{ sign, name string }{
		{"activities", "Outlook Activities"},
		{"audit", "Audit log"},
		{"signin", "Sign-ins"},
		{"trace", "Message trace"},
		{"graph-activity", "Graph activity log"},
		{"eml", "Messages"},
		{"rules", "Inbox rules"},
	} {
		if strings.Contains(name, k.sign) {
			return k.name
		}
	}
	if name == "" {
		return "Not recognised"
	}
	return cell(name)
}

func hashOfList(all []exhibit) string {
	h := sha256.New()
	for i := range all {
		fmt.Fprintln(h, all[i].SHA256)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func (b coverPage) filtered() []string {
	var out []string
	if b.r.Redaction != nil {
		out = append(out, "Redacted: names, addresses, subjects and what else a log or a client wrote are tokens, the same one for the same thing. Who has the key gives them back: triage report --unredact.")
	}
	f := b.r.Filters
	if f == nil {
		return out
	}
	out = append(out, "Filtered: not all that was found is shown. All rows were read and used.")
	if len(f.Mailboxes) > 0 {
		out = append(out, "Mailboxes: "+words(f.Mailboxes, 8)+".")
	}
	if len(f.Tenants) > 0 {
		out = append(out, "Tenants: "+words(f.Tenants, 8)+".")
	}
	if isKnown(f.Since) {
		out = append(out, "Since "+b.when(f.Since)+".")
	}
	if isKnown(f.Until) {
		out = append(out, "Until "+b.when(f.Until)+".")
	}
	if f.MinLevel != "" {
		out = append(out, "From level "+cell(f.MinLevel)+" on.")
	}
	return out
}

// surely ranks how sure an answer is.
func surely(sure string) int {
	return slices.Index([]string{"not known", "possible", "likely", "proven"}, sure)
}

// title is the verdict as a full sentence, made of answers.
func (b coverPage) title() string {
	accounts, sure := b.taken()
	if len(b.r.Answers) == 0 {
		return b.titleOfVerdicts()
	}
	n := len(accounts)
	if n == 0 {
		if n := len(b.factsOf("compromised", "suspect")); n > 0 {
			return b.count(n, "{1} mailbox is suspect. No act is attributed to an intruder.|{1} mailboxes are suspect. No act is attributed to an intruder.", b.number(n))
		}
		return b.say("No evidence of an intruder was found.")
	}
	var out string
	switch sure {
	case "proven":
		out = b.count(n, "{1} mailbox was taken.|{1} mailboxes were taken.", b.number(n))
	case "likely":
		out = b.count(n, "{1} mailbox was likely taken.|{1} mailboxes were likely taken.", b.number(n))
	default:
		out = b.count(n, "{1} mailbox may have been taken.|{1} mailboxes may have been taken.", b.number(n))
	}
	return out + " " + b.gravest()
}

// gravest is the gravest thing that was done, as a sentence.
func (b coverPage) gravest() string {
	titles := map[string]bool{}
	box, several := "", false
	for i := range b.r.Threads {
		t := &b.r.Threads[i]
		if slices.Contains(t.Acts, "sent") || slices.Contains(t.Acts, "replied") || slices.Contains(t.Acts, "forwarded") {
			titles[t.Title] = true
			several = several || box != "" && t.Mailbox != "" && box != string(t.Mailbox)
			box = or(string(t.Mailbox), box)
		}
	}
	answered := len(titles) // as the answer counts them
	total, sent := report.ExposureCount{}, 0
	for i := range b.r.Exposure {
		s := &b.r.Exposure[i].Sums
		total.Proven += s.Messages.Proven + s.Files.Proven
		total.Presumed += s.Messages.Presumed + s.Files.Presumed
		for _, a := range s.Acts {
			if a.Act == "sent" {
				sent += a.Items
			}
		}
	}
	switch {
	case answered > 0 && several:
		return b.count(answered, "A payment thread was answered in the name of several owners.|{1} payment threads were answered in the name of several owners.", b.number(answered))
	case answered > 0 && box == "":
		return b.count(answered, "A payment thread was answered in the name of the owner.|{1} payment threads were answered in the name of the owner.", b.number(answered))
	case answered > 0:
		return b.count(answered, "A payment thread was answered in the name of {2}.|{1} payment threads were answered in the name of {2}.", b.number(answered), asNamed(cell(box)))
	case sent > 0:
		return b.count(sent, "{1} message was sent in the owner’s name.|{1} messages were sent in the owner’s name.", b.number(sent))
	case total.Presumed > 0:
		return b.count(total.Proven+total.Presumed, "{n} message or file must be presumed copied.|{n} messages and files must be presumed copied.")
	case total.Proven > 0:
		return b.count(total.Proven, "{1} message or file was touched.|{1} messages and files were touched.", b.number(total.Proven))
	default:
		return b.say("What was read there this evidence does not show.")
	}
}

// titleOfVerdicts is for a report without answers: of one that filters name mailboxes of, or of an earlier version.
func (b coverPage) titleOfVerdicts() string {
	grave := 0
	for i := range b.r.Mailboxes {
		if band := b.r.Mailboxes[i].Band; band == "critical" || band == "high" {
			grave++
		}
	}
	if grave == 0 {
		return b.say("No mailbox of this report has a high verdict.")
	}
	return b.count(grave, "{1} mailbox has a high or critical verdict.|{1} mailboxes have a high or critical verdict.", b.number(grave))
}

// deck says in two or three sentences who did what, and what is still open.
func (b coverPage) deck() []string {
	var out []string
	for i := range b.r.Intruders[:min(len(b.r.Intruders), 2)] {
		out = append(out, b.deeds(&b.r.Intruders[i]))
	}
	if n := len(b.r.Intruders) - 2 + b.r.IntrudersMore; n > 0 {
		out = append(out, b.count(n, "There is {n} more intruder.|There are {n} more intruders."))
	}
	if len(b.r.Intruders) == 0 {
		out = append(out, b.say("This is not the same as clean: what is missing from the evidence stands in chapter 11."))
		if n := len(b.r.Findings); n > 0 {
			out = append(out, b.count(n, "{n} finding asks to be looked at.|{n} findings ask to be looked at."))
		}
		return out
	}
	if n := len(b.factsOf("compromised", "suspect")); n > 0 {
		out = append(out, b.count(n, "Findings speak of somebody in {n} mailbox more, in which no act is attributed.|Findings speak of somebody in {n} mailboxes more, in which no act is attributed."))
	}
	open, gone := 0, 0
	for i := range b.r.Intruders {
		switch b.r.Intruders[i].StillActive {
		case "yes":
			gone--
			out = append(out, b.say("Intruder {1} acted after the last reset or revocation that the log shows.", asNamed(cell(b.r.Intruders[i].Intruder))))
		case "no":
			gone++
		default:
			open++
		}
	}
	switch {
	case open > 0 && len(b.r.Intruders) == 1:
		out = append(out, b.say("The evidence cannot show whether he is still in."))
	case open > 0:
		out = append(out, b.say("The evidence cannot show whether they are still in."))
	case gone == len(b.r.Intruders):
		out = append(out, b.say("After the last reset or revocation in the log no such act is seen."))
	}
	return out
}

// deeds is what one intruder did, counted.
func (b coverPage) deeds(x *report.Intruder) string {
	more, sent, rules, proven, presumed := 0, 0, 0, 0, 0
	queries := map[string]bool{}
	for i := range b.r.Exposure {
		e := &b.r.Exposure[i]
		if e.Intruder != x.Intruder || e.Tenant != x.Tenant {
			continue
		}
		more, rules = more+e.SearchesMore, rules+e.Sums.Rules+e.Sums.Rights+e.Sums.Consents
		for k := range e.Searches {
			queries[e.Searches[k].Query] = true
		}
		proven += e.Sums.Messages.Proven + e.Sums.Files.Proven
		presumed += e.Sums.Messages.Presumed + e.Sums.Files.Presumed
		for _, a := range e.Sums.Acts {
			if a.Act == "sent" {
				sent += a.Items
			}
		}
	}
	var did []phrase.Text
	switch n := len(queries); {
	case n > 0 && more > 0:
		did = append(did, phrase.Count(n, "searched for more than {n} thing|searched for more than {n} things"))
	case n > 0:
		did = append(did, phrase.Count(n, "searched for {n} thing|searched for {n} things"))
	}
	if proven > 0 {
		did = append(did, phrase.Count(proven, "touched {n} message or file|touched {n} messages and files"))
	}
	if presumed > 0 {
		did = append(did, phrase.Count(presumed, "may have copied {n} more|may have copied {n} more"))
	}
	if sent > 0 {
		did = append(did, phrase.Count(sent, "sent {n} message in the owner’s name|sent {n} messages in the owner’s name"))
	}
	if rules > 0 {
		did = append(did, phrase.Count(rules, "changed {n} rule, right or application|changed {n} rules, rights or applications"))
	}
	if len(did) == 0 {
		did = append(did, phrase.Say("signed in"))
	}
	name := cell(x.Intruder)
	if t := b.tenant(x.Tenant); t != "" {
		name += " (" + t + ")"
	}
	if format(x.First, report.DayLayout, "") == format(x.Last, report.DayLayout, "") {
		return b.say("Intruder {1} {2} on {3}.", asNamed(name), phrase.And(did...), dated(x.First))
	}
	return b.say("Intruder {1} {2} between {3} and {4}.", asNamed(name), phrase.And(did...), dated(x.First), dated(x.Last))
}

// joinAnd is "a, b and c".
func joinAnd(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
