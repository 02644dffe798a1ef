package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// scenario is a shipped case by name.
type scenario struct {
	name string
	make func() (*investigation, error)
}

// scenarios are all shipped cases, in the order of the README.
func scenarios() []scenario {
	return []scenario{
		{"wire-fraud", wireFraud},
		{"imap-sync", imapSync},
		{"hta-attachment", htaAttachment},
		{"finance-clerk", financeClerk},
		{"guessing", guessing},
		{"travelling-executive", travellingExecutive},
		{"vpn-gateway", vpnGateway},
		{"two-mailboxes", twoMailboxes},
		{"hostile-strings", hostileStrings},
		{"spoofed-invoice", spoofedInvoice},
	}
}

// caseFiles are the files of a shipped case, by path inside its folder.
func caseFiles(name string) (map[string][]byte, error) {
	var names []string
	for _, s := range scenarios() {
		if s.name == name {
			c, err := s.make()
			if err != nil {
				return nil, fmt.Errorf("case %s: %w", name, err)
			}
			return c.files()
		}
		names = append(names, s.name)
	}
	return nil, fmt.Errorf("no case %q; there are %s", name, strings.Join(names, ", "))
}

// writeFiles writes files below a folder.
func writeFiles(folder string, files map[string][]byte) error {
	for name, text := range files {
		target := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
