package rules

import (
	"triage/rules/detect"
	"triage/rules/yamltext"
)

// StoreCore is what packs/core.stored has to hold, made from the YAML.
func StoreCore(set *Set) (string, error) {
	disk := openStore(nil, nil, nil)
	files, _, err := disk.files(yamltext.Location{Builtin: true, Path: "core"})
	if err != nil {
		return "", err
	}
	var docs []doc
	for _, p := range files {
		data, err := disk.read(p, yamltext.MaxBytes)
		if err != nil {
			return "", err
		}
		f := yamltext.NewFaults(detect.DidYouMean)
		docs = append(docs, doc{root: yamltext.Parse(&yamltext.File{Name: p.String(), Location: p, Bytes: data}, f)})
	}
	return storePack(set.Packs[0], sumOf(Effective(set)), docs), nil
}

// Stored is what the program has.
func Stored() string { return stored }
