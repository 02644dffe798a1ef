package sigma

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"triage/rules/yamltext"
)

// modifiers are what stands behind a field's name.
type modifiers struct {
	how    string // "", contains, startswith, endswith, re, cidr, gt, gte, lt, lte
	flags  string // of re
	encode []string
	all    bool
	neq    bool
	cased  bool
	exists bool
	expand bool
}

// readModifiers refuses those that cannot be told in conditions of packs, each by its name.
func readModifiers(at *yamltext.Node, words []string) (m modifiers, err error) {
	for _, word := range words {
		switch word {
		case "contains", "startswith", "endswith", "re", "cidr", "gt", "gte", "lt", "lte":
			if m.how != "" {
				return m, failf(at, "modifiers %q and %q exclude each other", m.how, word)
			}
			m.how = word
		case "i", "m", "s":
			if m.how != "re" {
				return m, failf(at, "modifier %q: want it behind re", word)
			}
			m.flags += word
		case "all":
			m.all = true
		case "neq":
			m.neq = true
		case "cased":
			m.cased = true
		case "exists":
			m.exists = true
		case "expand":
			m.expand = true
		case "base64", "base64offset", "wide", "utf16le", "utf16", "utf16be", "windash":
			m.encode = append(m.encode, word)
		case "fieldref":
			return m, failf(at, "modifier \"fieldref\": one field cannot be compared with another")
		case "minute", "hour", "day", "week", "month", "year":
			return m, failf(at, "modifier %q: parts of times cannot be compared", word)
		default:
			return m, failf(at, "unknown modifier %q", word)
		}
	}
	if m.exists && (m.how != "" || len(m.encode) > 0) {
		return m, failf(at, "modifier \"exists\" goes with no other")
	}
	return m, nil
}

// valuePart is a piece of a value: literal text, or one wildcard.
type valuePart struct {
	text string
	wild byte // '*' or '?'; 0: text
}

// parts reads a value as Sigma has it: * and ? are wildcards unless a backslash stands before them; a backslash before
// another character is itself.
func parts(s string) []valuePart {
	var out []valuePart
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, valuePart{text: b.String()})
			b.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '\\' && i+1 < len(s) && strings.IndexByte(`*?\`, s[i+1]) >= 0:
			i++
			b.WriteByte(s[i])
		case ch == '*' || ch == '?':
			flush()
			if ch == '*' && len(out) > 0 && out[len(out)-1].wild == '*' {
				continue
			}
			out = append(out, valuePart{wild: ch})
		default:
			b.WriteByte(ch)
		}
	}
	flush()
	return out
}

// texts are what a value stands for once it is encoded and its spelling in the log is known, each as parts.
func (c *converter) texts(p yamltext.Pair, v *yamltext.Node, to mapped, m modifiers) ([][]valuePart, error) {
	if m.how == "re" || m.how == "cidr" || strings.HasPrefix(m.how, "gt") || strings.HasPrefix(m.how, "lt") {
		return [][]valuePart{{{text: v.Text}}}, nil
	}
	if m.expand {
		text, err := c.placeholder(v)
		return [][]valuePart{{{text: text}}}, err
	}
	all := []string{v.Text}
	for _, word := range m.encode {
		var next []string
		for _, s := range all {
			next = append(next, encoded(s, word)...)
		}
		all = next
	}
	var out [][]valuePart
	for _, s := range all {
		if len(m.encode) > 0 && !slices.Contains(m.encode, "windash") {
			out = append(out, []valuePart{{text: s}})
			continue
		}
		out = append(out, parts(s))
	}
	if to.Dot && len(m.encode) == 0 {
		out = dotted(out, m.how)
	}
	return out, nil
}

// dotted adds the audit log's spelling of a name: it ends "Add member to role." where the Entra log has no dot.
func dotted(texts [][]valuePart, how string) [][]valuePart {
	var out [][]valuePart
	for _, t := range texts {
		out = append(out, t)
		last := len(t) - 1
		if last < 0 || t[last].wild != 0 || how == "contains" || how == "startswith" {
			continue
		}
		name := strings.TrimRight(t[last].text, ". ")
		for _, other := range []string{name, name + "."} {
			if other != "" && other != t[last].text {
				out = append(out, append(slices.Clone(t[:last]), valuePart{text: other}))
			}
		}
	}
	return out
}

// placeholder is a value with the name of the list that stands for its %placeholder%.
func (c *converter) placeholder(v *yamltext.Node) (string, error) {
	before, rest, found := strings.Cut(v.Text, "%")
	name, after, closed := strings.Cut(rest, "%")
	if !found || !closed {
		return "", failf(v, "expand: want a %%placeholder%% in %q", v.Text)
	}
	if strings.Contains(after, "%") || strings.ContainsAny(before+after, `*?\`) {
		return "", failf(v, "expand: %q: want one placeholder in a text without wildcards", v.Text)
	}
	if c.opts.List != nil {
		if known, ok := c.opts.List(name); ok {
			return before + "%" + known + "%" + after, nil
		}
	}
	return "", failf(v, "placeholder %%%s%% is not defined: a list of a pack with that name and values in it defines it", name)
}

// dashes are those that begin an option.
var dashes = regexp.MustCompile(`(^|\s)[-/]`)

// encoded is a text in another spelling, or in several.
func encoded(s, word string) []string {
	switch word {
	case "wide", "utf16le", "utf16", "utf16be":
		var b []byte
		if word == "utf16" {
			b = append(b, 0xFF, 0xFE)
		}
		for _, u := range utf16.Encode([]rune(s)) {
			if word == "utf16be" {
				b = append(b, byte(u>>8), byte(u))
			} else {
				b = append(b, byte(u), byte(u>>8))
			}
		}
		return []string{string(b)}
	case "base64":
		return []string{base64.StdEncoding.EncodeToString([]byte(s))}
	case "base64offset":
		// The first characters depend on what stands before the text, the last ones on what follows it.
		starts, ends := [3]int{0, 2, 3}, [3]int{0, 3, 2}
		var all []string
		for i := range 3 {
			text := base64.StdEncoding.EncodeToString(append(make([]byte, i), s...))
			to := len(text) - ends[(len(s)+i)%3]
			if starts[i] < to {
				all = append(all, text[starts[i]:to])
			}
		}
		return all
	case "windash":
		var all []string
		for _, dash := range []string{"-", "/", "\u2013", "\u2014", "\u2015"} {
			if text := dashes.ReplaceAllString(s, "${1}"+dash); !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// text is one text on one field, as a test of packs.
func (c *converter) text(v *yamltext.Node, target string, t []valuePart, m modifiers) (*yamltext.Node, error) {
	how, literal := m.how, ""
	switch {
	case m.how == "re":
		if len(t[0].text) > maxCondition {
			return nil, failf(v, "re: longer than %d bytes", maxCondition)
		}
		literal = t[0].text
		if m.flags != "" {
			literal = "(?" + m.flags + ")" + literal
		}
		if _, err := regexp.Compile(literal); err != nil {
			return nil, failf(v, "re: %v (RE2 has no look-around and no back references)", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
	case m.expand, m.how == "cidr", strings.HasPrefix(m.how, "gt"), strings.HasPrefix(m.how, "lt"):
		literal = t[0].text
	default:
		how, literal = pattern(t, m)
	}
	if how == "exists" {
		return exists(v, target, true), nil
	}
	key := target
	if how != "" {
		key += "|" + how
	}
	if !m.expand {
		if err := compiles(v, key, literal); err != nil {
			return nil, err
		}
	} else {
		key += "|expand"
	}
	return table(v, pair(v, key, yamltext.TextAt(v, literal))), nil
}

// pattern is the cheapest test that says the same as parts with wildcards.
func pattern(t []valuePart, m modifiers) (how, literal string) {
	if m.how == "contains" || m.how == "endswith" {
		t = append([]valuePart{{wild: '*'}}, t...)
	}
	if m.how == "contains" || m.how == "startswith" {
		t = append(slices.Clone(t), valuePart{wild: '*'})
	}
	t = slices.CompactFunc(slices.Clone(t), func(a, b valuePart) bool { return a.wild == '*' && b.wild == '*' })
	star := func(i int) bool { return t[i].wild == '*' }
	simple := !m.cased
	switch n := len(t); {
	case n == 1 && star(0):
		return "exists", ""
	case !simple:
	case n == 1 && t[0].wild == 0 && !strings.HasPrefix(t[0].text, "$"):
		return "", t[0].text
	case n == 2 && star(0) && t[1].wild == 0 && !strings.HasPrefix(t[1].text, "$"):
		return "endswith", t[1].text
	case n == 2 && star(1) && t[0].wild == 0 && !strings.HasPrefix(t[0].text, "$"):
		return "startswith", t[0].text
	case n == 3 && star(0) && star(2) && t[1].wild == 0 && !strings.HasPrefix(t[1].text, "$"): // $name is a list in packs
		return "contains", t[1].text
	}
	var b strings.Builder
	if b.WriteString("(?is)^"); m.cased {
		b.Reset()
		b.WriteString("(?s)^")
	}
	for _, one := range t {
		switch one.wild {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(one.text))
		}
	}
	return "re", b.String() + "$"
}
