// Package attachment is the detector for files that come by mail and run, or carry what runs: by their ending, by a name
// that shows another one, and worse when somebody opened them.
package attachment

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Field     string   `yaml:"field" doc:"field that names the files"`
	ExtIn     []string `yaml:"ext_in" doc:"endings without the dot; MIME types that mean them count too"`
	Opened    bool     `yaml:"opened" doc:"only messages one of whose files was opened"`
	DoubleExt bool     `yaml:"double_ext" doc:"names that show one type and are another: invoice.pdf.exe"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "attachment",
		Doc:      "one finding for each message with a file of these kinds; knows the fact opened_within for escalate",
		Settings: func() detect.Settings { return &Settings{Field: "attachments"} },
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	if _, ok := detect.ParseValue(s.Field); !ok {
		errs = append(errs, detect.FieldError{Path: "field", Reason: "unknown field " + strconv.Quote(s.Field)})
	}
	if len(s.ExtIn) == 0 && !s.DoubleExt {
		errs = append(errs, detect.FieldError{Path: "ext_in", Reason: "want at least one ending, or double_ext: true"})
	}
	for _, ext := range s.ExtIn {
		if ext == "" || strings.ContainsAny(ext, "./* ") {
			errs = append(errs, detect.FieldError{Path: "ext_in", Reason: "want an ending without dot or star, got " + strconv.Quote(ext)})
		}
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{
		"files": detect.TextFact, "types": detect.TextFact, "double_ext": detect.TrueFact,
		"opened": detect.TimeFact, "opened_within": detect.LengthFact, "opened_by": detect.TextFact,
	}.With(stated()...)
}

// stated are the fields that say which message it is.
func stated() []activity.Field {
	return []activity.Field{activity.FieldSubject, activity.FieldSender, activity.FieldMessageID, activity.FieldItem}
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	d := &detector{rule: r, double: s.DoubleExt, opened: s.Opened, mimeTypes: mimeTypes()}
	d.field, _ = detect.ParseValue(s.Field)
	for _, ext := range s.ExtIn {
		d.exts = append(d.exts, strings.ToLower(ext))
	}
	return d
}

type detector struct {
	rule   *detect.Rule
	field  detect.Value
	exts   []string
	double bool
	opened bool

	mimeTypes map[string]string
}

// riskyMessage is one message with risky files.
type riskyMessage struct {
	group        []string
	rows         []int // its deliveries
	names, exts  []string
	double       bool
	opened       []int // rows that opened it
	openedWithin time.Duration
}

// Mailbox gives one finding per message, in order of delivery.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	opens := len(p.Case.OfType(activity.AttachmentOpen)) > 0
	if d.opened && !opens {
		return nil // nobody opened anything
	}
	all, byDelivery := d.messages(t, p)
	if len(all) == 0 {
		return nil
	}
	if opens {
		noteOpened(t, byDelivery)
	}
	findings := make([]detect.Finding, 0, len(all))
	for _, m := range all {
		if d.opened && len(m.opened) == 0 {
			continue
		}
		findings = append(findings, d.finding(t, p, m))
	}
	return findings
}

// messages are those with files that the rule is about, in order of delivery.
func (d *detector) messages(t detect.Timeline, p *detect.Tenant) (all []*riskyMessage, byDelivery map[*activity.Activity]*riskyMessage) {
	byKey := map[string]*riskyMessage{}
	byDelivery = map[*activity.Activity]*riskyMessage{}
	known := map[activity.Symbol]*risk{}
	told := d.told(t, p)
	for _, at := range told.texts {
		r, ok := known[at.text]
		if !ok {
			r = d.read(told.field.Text(at.text))
			known[at.text] = r
		}
		if r == nil {
			continue
		}
		a := t.At(at.row)
		group := messageIdentity(a, p)
		key := strings.Join(group, "\x00")
		m := byKey[key]
		if m == nil {
			m = &riskyMessage{group: group}
			all, byKey[key] = append(all, m), m
		}
		byDelivery[a] = m
		if n := len(m.rows); n == 0 || m.rows[n-1] != at.row {
			m.rows = append(m.rows, at.row)
		}
		m.names, m.exts, m.double = append(m.names, r.names...), append(m.exts, r.exts...), m.double || r.double
	}
	return all, byDelivery
}

// told is what the deliveries say of their files: most say nothing.
type told struct {
	field *detect.Reading
	texts []textAt
}

type textAt struct {
	row  int
	text activity.Symbol
}

// told reads the field once for all rules that are about the same deliveries.
func (d *detector) told(t detect.Timeline, p *detect.Tenant) *told {
	type key struct{ field detect.Value }
	return detect.Once(t, key{d.field}, func() *told {
		out := &told{field: d.field.Reading(p)}
		for row, a := range t.Matches() {
			for _, text := range out.field.Symbols(a) {
				out.texts = append(out.texts, textAt{row, text})
			}
		}
		return out
	})
}

// risk is what one text says. Most messages share their text with many others, so it is read once.
type risk struct {
	names, exts []string
	double      bool
}

// read lists the files of one text that the rule is about; nil if there are none.
func (d *detector) read(text string) *risk {
	var r risk
	for _, f := range files(text, d.mimeTypes) {
		twice := d.double && f.double()
		if !twice && !slices.Contains(d.exts, f.ext) {
			continue
		}
		r.names, r.double = append(r.names, f.name), r.double || twice
		if f.ext != "" {
			r.exts = append(r.exts, f.ext)
		}
	}
	if len(r.names) == 0 {
		return nil
	}
	return &r
}

// messageIdentity is what makes a message this one: its InternetMessageId, else its item, else when it came.
func messageIdentity(a *activity.Activity, p *detect.Tenant) []string {
	if id := detect.ValueOf(activity.FieldMessageID).Text(a, p); id != "" {
		return []string{id}
	}
	if a.Item != 0 {
		return []string{p.Case.Text(a.Item)}
	}
	return []string{detect.TimeText(a.Time), p.Case.Text(p.Case.Get(a, activity.FieldSubject))}
}

// noteOpened finds who opened the messages' files later. A conversation alone does not say which message was opened.
func noteOpened(t detect.Timeline, messages map[*activity.Activity]*riskyMessage) {
	for row := range t.Rows {
		a := t.At(row)
		if a.Type != activity.AttachmentOpen {
			continue
		}
		delivery, how := t.Case.Message(a)
		if how != activity.ByItem && how != activity.ByMessageID {
			continue
		}
		m := messages[delivery]
		if m == nil || a.Time < delivery.Time {
			continue
		}
		if len(m.opened) == 0 {
			m.openedWithin = activity.Duration(activity.Later(delivery.Time, a.Time))
		}
		m.opened = append(m.opened, row)
	}
}

func (d *detector) finding(t detect.Timeline, p *detect.Tenant, m *riskyMessage) detect.Finding {
	rows := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(m.rows), m.opened...))))
	says := []detect.Statement{
		detect.List("files", compact(m.names)),
		detect.List("types", compact(m.exts)),
		detect.Say("double_ext", true).If(m.double),
		detect.Fields(stated()...).From(m.rows),
	}
	if len(m.opened) > 0 {
		says = append(says,
			detect.Say("opened", detect.TimeText(t.At(m.opened[0]).Time)),
			detect.Say("opened_within", m.openedWithin.Round(time.Second).String()),
			detect.Say("opened_by", t.Case.Text(t.At(m.opened[0]).Actor)))
	}
	return detect.New(d.rule, t, p, rows, m.group, append(says, detect.MessageFields().From(m.rows))...)
}

func compact(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
