package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// CaseData is what a report says of itself at its head: whose case it is, and who may read it. "" is not said.
type CaseData struct {
	Name    string // of the case, or its number
	Client  string
	Analyst string
	TLP     string // one of [TLPs]
}

// TLPs are the words of the Traffic Light Protocol 2.0 (first.org/tlp), the strictest first.
func TLPs() []string { return []string{"RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"} }

// ParseTLP is the word of the protocol that a text means, in any case and with or without "TLP:" before it.
func ParseTLP(text string) (string, error) {
	word := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "TLP:")
	if !slices.Contains(TLPs(), word) {
		return "", fmt.Errorf("want one of %s, got %q%s", strings.Join(TLPs(), ", "), text, detect.DidYouMean(word, TLPs()))
	}
	return word, nil
}

// maxCaseRunes is how long a text of the head may be: it stands on a line of a cover.
const maxCaseRunes = 200

// ParseCaseText is a text of the head without blanks around it.
func ParseCaseText(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case !utf8.ValidString(text):
		return "", fmt.Errorf("want text in UTF-8, got %q", text)
	case utf8.RuneCountInString(text) > maxCaseRunes:
		return "", fmt.Errorf("want at most %d characters, got %d", maxCaseRunes, utf8.RuneCountInString(text))
	case strings.ContainsFunc(text, unicode.IsControl):
		return "", fmt.Errorf("want one line without control characters, got %q", text)
	}
	return text, nil
}

// Over is the case data with what another says in the place of its own.
func (d CaseData) Over(other CaseData) CaseData {
	own, others := d.fields(), other.fields()
	for key, text := range others {
		if *text != "" {
			*own[key] = *text
		}
	}
	return d
}

// fields are the texts, by their keys in a pack.
func (d *CaseData) fields() map[string]*string {
	return map[string]*string{"name": &d.Name, "client": &d.Client, "analyst": &d.Analyst, "tlp": &d.TLP}
}

// caseKeys is the order in which they are written.
func caseKeys() []string { return []string{"name", "client", "analyst", "tlp"} }

// caseData reads {name: 2026-014, client: Contoso, analyst: jd, tlp: AMBER} of all packs: of each key the last one counts.
func caseData(s scope) CaseData {
	var all CaseData
	for _, n := range s.merged.Case {
		if !s.Table(n, "case") {
			continue
		}
		s.Known(n, "case", caseKeys()...)
		one := CaseData{}
		for key, to := range one.fields() {
			v := n.Get(key)
			if v == nil || v.Null() {
				continue
			}
			text, ok := s.Word(v, "case."+key)
			if !ok {
				continue
			}
			parse := ParseCaseText
			if key == "tlp" {
				parse = ParseTLP
			}
			var err error
			if *to, err = parse(text); err != nil {
				s.Fail(yamltext.BadValue, v, "case.%s: %v", key, err)
			}
		}
		all = all.Over(one)
	}
	return all
}

// caseYAML is what is said, as a pack says it.
func caseYAML(d CaseData) *yaml.Node {
	out, fields := mapping(), d.fields()
	for _, key := range caseKeys() {
		if text := *fields[key]; text != "" {
			yamltext.Add(out, key, yamltext.NewText(text))
		}
	}
	return out
}

func caseSchema() object {
	return with(closed(object{
		"name":    described([]string{"string", "number"}, "of the case, or its number"),
		"client":  described("string", "whose case it is"),
		"analyst": described("string", "who examines it"),
		"tlp":     with(oneWord(TLPs()), "description", "Traffic Light Protocol 2.0: who may read the report"),
	}), "description", "what the report says of itself at its head")
}
