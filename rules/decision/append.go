package decision

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Append adds decisions to the text of a pack that loads, behind those that it has. It adds lines and changes
// none, so that comments and order stay as their author wrote them. An error says why the text leaves no place for it.
func Append(pack []byte, all ...Decision) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(pack, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode || len(doc.Content[0].Content) == 0 {
		return nil, errors.New("not a pack")
	}
	root := doc.Content[0]
	if root.Style&yaml.FlowStyle != 0 {
		return nil, errors.New("the pack stands in braces: want a key a line")
	}
	// YAML counts these as line breaks, editors do not: the lines that it names would be others.
	if s := strings.ReplaceAll(string(pack), "\r\n", "\n"); strings.ContainsAny(s, "\r\u0085\u2028\u2029") {
		return nil, errors.New("the pack has line breaks other than LF and CR LF")
	}
	lines := strings.SplitAfter(string(pack), "\n")
	at, indent, opened, err := decisionsEnd(root, lines)
	if err != nil {
		return nil, err
	}
	eol := "\n"
	if bytes.Contains(pack, []byte("\r\n")) {
		eol = "\r\n"
	}
	var out strings.Builder
	out.WriteString(strings.Join(lines[:at], ""))
	if s := out.String(); s != "" && !strings.HasSuffix(s, "\n") {
		out.WriteString(eol)
	}
	if !opened {
		out.WriteString(strings.Repeat(" ", root.Content[0].Column-1) + "decisions:" + eol)
	}
	for _, d := range all {
		for i, line := range d.lines() {
			lead := "  "
			if i == 0 {
				lead = "- "
			}
			out.WriteString(strings.Repeat(" ", indent) + lead + line + eol)
		}
	}
	out.WriteString(strings.Join(lines[at:], ""))
	return []byte(out.String()), nil
}

// decisionsEnd is the number of lines before the place of a new decision, how far it is indented, and whether the
// list is open there already.
func decisionsEnd(root *yaml.Node, lines []string) (at, indent int, opened bool, err error) {
	indent = root.Content[0].Column - 1
	at = len(lines)
	for at > 0 && (blankLine(lines[at-1]) || strings.TrimSpace(lines[at-1]) == "...") {
		at--
	}
	for i := 0; i < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if key.Value != "decisions" {
			continue
		}
		if value.Kind == yaml.ScalarNode && value.ShortTag() == "!!null" && value.Value == "" {
			return key.Line, indent, true, nil
		}
		if value.Kind != yaml.SequenceNode || value.Style&yaml.FlowStyle != 0 {
			return 0, 0, false, errors.New("decisions stand in brackets: want one below the other, each with a dash")
		}
		if i+2 < len(root.Content) { // comments right above the next key are about that key
			for at = root.Content[i+2].Line - 1; at > 0 && (blankLine(lines[at-1]) || lines[at-1][0] == '#'); at-- {
			}
		}
		return at, value.Column - 1, true, nil
	}
	return at, indent, false, nil
}

func blankLine(s string) bool { return strings.TrimSpace(s) == "" }

// lines are the decision as YAML. Every text is quoted: a reason may quote what an attacker wrote.
func (d *Decision) lines() []string {
	lines := []string{"fingerprint: " + yamlQuoted(d.Fingerprint), "verdict: " + d.Verdict}
	for _, f := range []struct{ key, value string }{{"rule", d.Rule}, {"mailbox", d.Mailbox}, {"tenant", d.Tenant}, {"reason", d.Reason}, {"by", d.By}} {
		if f.value != "" {
			lines = append(lines, f.key+": "+yamlQuoted(f.value))
		}
	}
	for _, f := range []struct {
		key string
		day time.Time
	}{{"date", d.Date}, {"expires", d.Expires}} {
		if !f.day.IsZero() {
			lines = append(lines, f.key+": "+f.day.Format(time.DateOnly))
		}
	}
	return lines
}

// yamlQuoted is a text in double quotes, on one line, with what shows nothing of itself escaped. Go's escapes of valid
// UTF-8 are all YAML's, too (YAML 1.2, 5.7).
func yamlQuoted(s string) string { return strconv.Quote(strings.ToValidUTF8(s, "\uFFFD")) }
