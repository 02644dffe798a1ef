package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"triage/rules/detect"
)

// kindFile is one file of the table: the behaviours of one kind.
type kindFile struct {
	Name       string      `yaml:"kind"`
	Behaviours []behaviour `yaml:"behaviours"`
}

// behaviour is one entry of the table.
type behaviour struct {
	Says  string `yaml:"says"`
	Level string `yaml:"level"` // at which it should be found, or above
	// Beyond says that it is one of those that the list of what should be found does not name.
	Beyond bool `yaml:"beyond"`
	// Place says that a finding about the place alone counts: what is strange in it is from where it is done.
	Place bool `yaml:"place"`
	// Rows are what is done, from the line From (rented, if nothing else is said), after a logon there.
	Rows []entryLine `yaml:"rows"`
	From string      `yaml:"from"`
	// Twin is what somebody honest does that looks like it, from where he always is.
	Twin []entryLine `yaml:"twin"`
}

// entryLine is one row of an entry: what is done, with the fields that its record has.
type entryLine map[string]any

// readTable reads every kind of a folder, in order of the files' names.
func readTable(folder string) ([]kindFile, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var table []kindFile
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var k kindFile
		d := yaml.NewDecoder(bytes.NewReader(text))
		d.KnownFields(true)
		if err := d.Decode(&k); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for i := range k.Behaviours {
			if err := k.Behaviours[i].check(); err != nil {
				return nil, fmt.Errorf("%s: %q: %w", name, k.Behaviours[i].Says, err)
			}
		}
		table = append(table, k)
	}
	return table, nil
}

func (b *behaviour) check() error {
	if b.Says == "" || len(b.Rows) == 0 {
		return fmt.Errorf("an entry wants says, level and rows")
	}
	_, err := b.level()
	return err
}

// level is the one at which it should be found.
func (b *behaviour) level() (detect.Level, error) {
	for _, l := range []detect.Level{detect.Low, detect.Medium, detect.High, detect.Critical} {
		if strings.EqualFold(l.String(), b.Level) {
			return l, nil
		}
	}
	return 0, fmt.Errorf("level %q is none", b.Level)
}
