package geo

import (
	"strconv"
	"strings"
)

// classText is classes.yaml: rows by class, and the date of the list.
type classText struct {
	Date string                 `yaml:"date"`
	Rows map[string][]yamlClass `yaml:",inline"`
}

// plainClasses reads the list as the project writes it: classes and their rows, a line each, texts plain or in double quotes
// without escapes. It is a small part of YAML, of which every start would need the whole; ok is false where a line is anything
// else. A test holds what it says of the built-in list against the YAML.
func plainClasses(text string) (file classText, ok bool) {
	file.Rows = map[string][]yamlClass{}
	class := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		row, isRow := strings.CutPrefix(line, "  - {")
		name, rest, isKey := strings.Cut(line, ":")
		switch {
		case line == "" || line[0] == '#':
		case isRow:
			row, closed := strings.CutSuffix(row, "}")
			one, fine := plainRow(row)
			if !closed || !fine || class == "" {
				return file, false
			}
			file.Rows[class] = append(file.Rows[class], one)
		case isKey && rest == "" && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == "":
			class = name
		case name == "date":
			if file.Date, rest, ok = plainText(strings.TrimPrefix(rest, " ")); !ok || rest != "" {
				return file, false
			}
		default:
			return file, false
		}
	}
	return file, true
}

// plainRow reads what stands between a row's braces.
func plainRow(row string) (one yamlClass, ok bool) {
	for row != "" {
		key, rest, found := strings.Cut(row, ": ")
		value, rest, fine := plainText(rest)
		if !found || !fine {
			return one, false
		}
		switch key {
		case "asn":
			n, err := strconv.ParseUint(value, 10, 32)
			if err != nil {
				return one, false
			}
			one.ASN = uint32(n)
		case "cidr":
			one.CIDR = value
		case "name":
			one.Name = value
		case "source":
			one.Source = value
		default:
			return one, false
		}
		if row = rest; row != "" {
			if row, found = strings.CutPrefix(row, ", "); !found || row == "" {
				return one, false
			}
		}
	}
	return one, true
}

// plainText is the text at the head of a line, and what follows it.
func plainText(line string) (value, rest string, ok bool) {
	if quoted, isQuoted := strings.CutPrefix(line, `"`); isQuoted {
		value, rest, ok = strings.Cut(quoted, `"`)
		return value, rest, ok && strings.IndexByte(value, '\\') < 0
	}
	end := strings.IndexByte(line, ',')
	if end < 0 {
		end = len(line)
	}
	value = line[:end]
	return value, line[end:], value != "" && strings.TrimSpace(value) == value && !strings.ContainsAny(value, "\"'#:{}[]&*!|>%@`\\") && value != "null" && value != "~"
}
