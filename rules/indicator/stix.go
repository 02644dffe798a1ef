package indicator

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// stixObject is what of a STIX object matters here.
type stixObject struct {
	Type        string       `json:"type"`
	ID          string       `json:"id"`
	Pattern     string       `json:"pattern"`
	PatternType string       `json:"pattern_type"`
	Revoked     bool         `json:"revoked"`
	Objects     []stixObject `json:"objects"`
}

// stix reads a bundle, or a list of objects.
func (in *Indicators) stix(data []byte) error {
	var objects []stixObject
	if data[0] == '[' {
		if err := json.Unmarshal(data, &objects); err != nil {
			return fmt.Errorf("not a list of STIX objects: %w", err)
		}
	} else {
		var bundle stixObject
		if err := json.Unmarshal(data, &bundle); err != nil {
			return fmt.Errorf("not a STIX bundle: %w", err)
		}
		switch bundle.Type {
		case "bundle":
			objects = bundle.Objects
		case "indicator":
			objects = []stixObject{bundle}
		default:
			return errors.New(`JSON, but no STIX bundle: want "type": "bundle"`)
		}
	}
	for i, o := range objects {
		if o.Type != "indicator" {
			continue
		}
		where := short(o.ID)
		if where == "" {
			where = fmt.Sprintf("object %d", i+1)
		}
		switch {
		case o.Revoked:
			in.unread(where, "revoked")
		case o.PatternType != "" && o.PatternType != "stix":
			in.unread(where, "a pattern of %s", short(o.PatternType))
		default:
			in.pattern(where, o.Pattern)
		}
	}
	return nil
}

// pattern reads comparisons of one value each, joined by OR: [a = 'x' OR b = 'y'] OR [c = 'z']. Any other pattern means more
// than its values alone, and is not read.
func (in *Indicators) pattern(where, text string) {
	found, err := comparisons(text)
	if err != nil {
		in.unread(where, "pattern %q: %v", short(text), err)
		return
	}
	for _, c := range found {
		kind, ok := kindOfPath(c.path)
		if !ok {
			in.unread(where, "no log has %s", short(c.path))
			continue
		}
		in.add(where, kind, c.value)
	}
}

// kindOfPath is the type of what a path of a pattern is about.
func kindOfPath(path string) (string, bool) {
	switch path {
	case "ipv4-addr:value", "ipv6-addr:value", "network-traffic:src_ref.value", "network-traffic:dst_ref.value":
		return "ip", true
	case "domain-name:value", "network-traffic:dst_ref.domain-name":
		return "domain", true
	case "email-addr:value", "email-message:from_ref.value", "email-message:sender_ref.value":
		return "sender", true
	case "http-request-ext:request_header.'User-Agent'", "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'":
		return "user-agent", true
	case "x-oauth-application:client_id": // as report's own format stix has it: the standard has no such object
		return "app", true
	}
	return "", false
}

// comparison is one of a pattern.
type comparison struct{ path, value string }

var errMore = errors.New("only comparisons with = , IN and ISSUBSET that are joined by OR can be used")

// comparisons reads a pattern.
func comparisons(text string) ([]comparison, error) {
	words, err := patternWords(text)
	if err != nil {
		return nil, err
	}
	p := patternParser{words: words}
	for {
		if !p.take("[") {
			return nil, errMore
		}
		if err := p.inside(); err != nil {
			return nil, err
		}
		if !p.take("]") {
			return nil, errMore
		}
		if len(p.words) == 0 {
			return p.found, nil
		}
		if !p.take("OR") {
			return nil, errMore
		}
	}
}

type patternParser struct {
	words []string // a text in quotes begins with a quote, and has no other
	found []comparison
}

func (p *patternParser) take(word string) bool {
	if len(p.words) == 0 || p.words[0] != word {
		return false
	}
	p.words = p.words[1:]
	return true
}

// text takes a text in quotes.
func (p *patternParser) text() (string, bool) {
	if len(p.words) == 0 || p.words[0][0] != '\'' {
		return "", false
	}
	text := p.words[0][1:]
	p.words = p.words[1:]
	return text, true
}

// inside reads what stands between brackets.
func (p *patternParser) inside() error {
	for {
		if len(p.words) < 3 || strings.ContainsAny(p.words[0][:1], "'()[]=") {
			return errMore
		}
		path, operator := p.words[0], p.words[1]
		p.words = p.words[2:]
		switch operator {
		case "=", "ISSUBSET":
			value, ok := p.text()
			if !ok {
				return errMore
			}
			p.found = append(p.found, comparison{path, value})
		case "IN":
			if err := p.list(path); err != nil {
				return err
			}
		default:
			return errMore
		}
		if !p.take("OR") {
			return nil
		}
	}
}

func (p *patternParser) list(path string) error {
	if !p.take("(") {
		return errMore
	}
	for {
		value, ok := p.text()
		if !ok {
			return errMore
		}
		p.found = append(p.found, comparison{path, value})
		if p.take(")") {
			return nil
		}
		if !p.take(",") {
			return errMore
		}
	}
}

// patternWords cuts a pattern into words. A path may hold names in quotes.
func patternWords(text string) ([]string, error) {
	var words []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		switch c := text[0]; {
		case strings.ContainsRune("[](),=", rune(c)):
			words, text = append(words, text[:1]), text[1:]
		case c == '\'':
			value, rest, err := stixQuoted(text)
			if err != nil {
				return nil, err
			}
			words, text = append(words, "'"+value), rest
		default:
			end := 0
			for end < len(text) && !strings.ContainsRune("[](),= \t\r\n", rune(text[end])) {
				if text[end] == '\'' {
					_, rest, err := stixQuoted(text[end:])
					if err != nil {
						return nil, err
					}
					end = len(text) - len(rest)
					continue
				}
				end++
			}
			words, text = append(words, text[:end]), text[end:]
		}
	}
	return slices.Clip(words), nil
}

// stixQuoted reads a text in quotes, where \' and \\ stand for the second character.
func stixQuoted(text string) (value, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case text[i] == '\'':
			return b.String(), text[i+1:], nil
		default:
			b.WriteByte(text[i])
		}
	}
	return "", "", errors.New("a quote is not closed")
}
