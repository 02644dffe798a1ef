package packs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/exit"
	"triage/geo"
	"triage/rules"
	"triage/rules/indicator"
)

// KnownFlags say what a responder knows: whose a place is, and what others found to be an intruder's.
func KnownFlags() []cli.Flag {
	return []cli.Flag{
		commandline.ListFlag("attacker-ip", "`ADDRESS` or network that is an intruder's; repeatable"),
		commandline.ListFlag("attacker-session", "session `ID` that is an intruder's; repeatable"),
		commandline.ListFlag("attacker-agent", "`TEXT` that only an intruder's user agents hold; repeatable"),
		commandline.ListFlag("attacker-app", "name or id of an application that is an intruder's: `APP`; repeatable"),
		commandline.ListFlag("owner-ip", "`ADDRESS` or network that is the owners'; repeatable"),
		commandline.ListFlag("owner-agent", "`TEXT` that only the owners' user agents hold; repeatable"),
		commandline.ListFlag("ioc", "`FILE` of indicators, CSV or STIX 2.1: what it names is looked for, and a place that it names is an intruder's if it is new to the account; repeatable"),
	}
}

// party is what a pack says under attacker: and owner:.
type party struct {
	IPs      []string `yaml:"ips,omitempty,flow"`
	Sessions []string `yaml:"sessions,omitempty,flow"`
	Agents   []string `yaml:"agents,omitempty,flow"`
	Apps     []string `yaml:"apps,omitempty,flow"`
	By       string   `yaml:"by"`
}

// packText is a pack that flags make.
type packText struct {
	APIVersion string            `yaml:"apiVersion"`
	Kind       string            `yaml:"kind"`
	Metadata   map[string]string `yaml:"metadata"`
	Attacker   []party           `yaml:"attacker,omitempty"`
	Owner      []party           `yaml:"owner,omitempty"`
}

func (p packText) overlay(id, title string) (rules.Overlay, error) {
	p.APIVersion, p.Kind = "triage/v1", "pack"
	p.Metadata = map[string]string{"id": id, "version": "1", "title": title}
	text, err := yaml.Marshal(p)
	return rules.Overlay{Name: id, Text: text}, err
}

// ReadKnown makes packs of the flags, and says what of the files of indicators was not read.
func ReadKnown(c *cli.Context) (over []rules.Overlay, notes []string, err error) {
	var errs []error
	text := packText{}
	attacker := party{
		IPs: flagValues(c, "attacker-ip"), Sessions: flagValues(c, "attacker-session"), Agents: flagValues(c, "attacker-agent"), Apps: flagValues(c, "attacker-app"),
		By: "flags of the command line",
	}
	owner := party{IPs: flagValues(c, "owner-ip"), Agents: flagValues(c, "owner-agent"), By: attacker.By}
	for flag, list := range map[string][]string{"attacker-ip": attacker.IPs, "owner-ip": owner.IPs} {
		for _, value := range list {
			if !rules.IsNetwork(value) {
				errs = append(errs, exit.Usage("", "--%s %q: want an address, or a network such as 198.51.100.0/24", flag, value))
			}
		}
	}
	if len(attacker.IPs)+len(attacker.Sessions)+len(attacker.Agents)+len(attacker.Apps) > 0 {
		text.Attacker = []party{attacker}
	}
	if len(owner.IPs)+len(owner.Agents) > 0 {
		text.Owner = []party{owner}
	}
	if text.Attacker != nil || text.Owner != nil {
		one, err := text.overlay("command-line", "what flags say")
		over, errs = append(over, one), append(errs, err)
	}
	for i, path := range c.StringSlice("ioc") {
		one, more, err := readIndicators(path, i)
		over, notes, errs = append(over, one), append(notes, more...), append(errs, err)
	}
	return over, notes, errors.Join(errs...)
}

// flagValues are those of a flag, without blanks around them and without empty ones.
func flagValues(c *cli.Context, flag string) []string {
	var list []string
	for _, value := range c.StringSlice(flag) {
		if value = strings.TrimSpace(value); value != "" {
			list = append(list, value)
		}
	}
	return list
}

// readIndicators makes a pack of a file of indicators, the i-th.
func readIndicators(path string, i int) (over rules.Overlay, notes []string, err error) {
	data, err := readOrdinary(path, indicator.MaxBytes)
	if err != nil {
		return over, nil, exit.Usage("", "--ioc %s: %v", path, err)
	}
	in, err := indicator.Parse(data)
	if err != nil {
		return over, nil, exit.Usage("", "--ioc %s: %v", path, err)
	}
	over, err = packText{}.overlay(fmt.Sprintf("ioc-%d", i+1), path)
	sum := sha256.Sum256(data)
	over.SHA256, over.Lists = hex.EncodeToString(sum[:]), in.Lists
	if in.Unread > 0 {
		notes = append(notes, fmt.Sprintf("%s: %d indicators, %d more of no use here: %s", path, in.Read, in.Unread, strings.Join(in.Told, "; ")))
	}
	return over, notes, err
}

// readOrdinary reads a file of at most so many bytes, and one more byte of a larger one.
func readOrdinary(path string, most int64) ([]byte, error) {
	f, err := geo.OpenFile(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	return data, withoutPath(err)
}

// withoutPath is a file error whose message has the path already.
func withoutPath(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
