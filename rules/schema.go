package rules

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules/decision"
	"triage/rules/detect"
)

// object is a piece of JSON Schema.
type object = map[string]any

// Schema is the JSON Schema (2020-12) of a pack, made from the tables that Load goes by: an editor completes and checks
// a pack with the comment `# yaml-language-server: $schema=triage-rules.schema.json` at its top. It is looser than
// Load: whether a list or a rule exists, only Load can tell.
func Schema(kinds []detect.Kind) []byte {
	words := array(object{"type": "string"})
	root := closed(object{
		"apiVersion": object{"const": "triage/v1"},
		"kind":       object{"const": "pack"},
		"metadata": with(closed(object{
			"id": described("string", "what reports call the pack"), "version": object{"type": []string{"string", "number"}},
			"title": anyText(), "license": anyText(), "requires": described("string", `least version of triage: ">=0.1"`),
			"description": anyText(), "authors": words, "references": words,
		}), "required", []string{"id", "version"}),
		"extends":    with(words, "description", "packs below this one, left to right: builtin:core@2, firm.yaml; outside of this folder only what --rules or --lists names"),
		"lists":      object{"type": "object", "additionalProperties": defined("list")},
		"macros":     object{"type": "object", "additionalProperties": defined("block")},
		"case":       caseSchema(),
		"home":       array(homeSchema()),
		"travel":     array(travelSchema()),
		"egress":     array(egressSchema()),
		"attacker":   array(partySchema("what is known to be an intruder's")),
		"owner":      array(partySchema("what is known to be the owners' of the accounts")),
		"rules":      array(defined("rule")),
		"moved":      movedSchema(),
		"override":   object{"type": "object", "additionalProperties": defined("override")},
		"exceptions": array(defined("exception")),
		"decisions":  array(defined("decision")),
		"tests":      array(defined("test")),
		"sigma": array(with(closed(object{
			"path":             described("string", "a file, a folder or a pattern such as sigma/**/*.yml, within the pack's folder or what --lists names"),
			"level_confidence": object{"type": "object", "additionalProperties": object{"type": "integer", "minimum": 0, "maximum": 100}},
		}), "required", []string{"path"})),
	})
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "triage rule pack, triage/v1"
	root["$defs"] = object{
		"scalar": object{"type": []string{"string", "number", "boolean"}},
		"values": object{"anyOf": []any{defined("scalar"), array(defined("scalar"))}},
		"block":  blockSchema(), "list": listSchema(), "rule": ruleSchema(kinds), "override": overrideSchema(),
		"exception": exceptionSchema(), "decision": decisionSchema(), "test": testSchema(),
	}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil { // maps of texts do not fail
		return nil
	}
	return append(out, '\n')
}

func closed(properties object) object {
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

func with(o object, key string, value any) object {
	o[key] = value
	return o
}

func array(items object) object  { return object{"type": "array", "items": items} }
func defined(name string) object { return object{"$ref": "#/$defs/" + name} }
func anyText() object            { return object{"type": "string"} }

func described(kind any, doc string) object { return object{"type": kind, "description": doc} }

func oneWord(words []string) object { return object{"enum": words} }

// blockSchema allows the fields with any modifiers, and the three words that take lists of blocks.
func blockSchema() object {
	modifiers := strings.Join(append([]string{"not", "all", "expand"}, detect.Modifiers()...), "|")
	tail := `(\|(` + modifiers + `))*$`
	patterns := object{`^(params|raw)\..+?` + tail: defined("values")}
	for _, name := range activity.FieldNames() {
		f, _ := activity.ParseField(name)
		if words := detect.Vocabulary(f); words != nil {
			// Only where no modifier but in and not stands can the words be listed.
			value := object{"anyOf": []any{oneWord(words), object{"type": "string", "pattern": `^\$|^%`}}}
			if f == activity.FieldForwardExternal {
				value = object{"enum": []any{true, false, "true", "false", "unknown"}}
			}
			patterns["^"+name+`(\|(in|not|expand))*$`] = object{"anyOf": []any{value, array(value)}}
			patterns["^"+name+`\|.*(contains|startswith|endswith|word|re|exists)`+`(\|not|\|all)*$`] = defined("values")
			continue
		}
		patterns["^"+regexp.QuoteMeta(name)+tail] = defined("values")
	}
	blocks := with(array(defined("block")), "minItems", 1)
	return object{"anyOf": []any{
		object{"type": "string", "pattern": `^\$`, "description": "a macro"},
		object{
			"type": "object", "minProperties": 1, "additionalProperties": false, "patternProperties": patterns,
			"properties": object{"all": blocks, "any": blocks, "not": with(array(defined("block")), "description", "none of them")},
		},
	}}
}

func listSchema() object {
	file := with(closed(object{"file": anyText(), "column": anyText(), "optional": object{"type": "boolean"}}),
		"required", []string{"file", "column"})
	values := object{"anyOf": []any{defined("values"), file}}
	return object{"anyOf": []any{
		defined("values"),
		object{"type": "null"},
		file,
		closed(object{"append": values, "remove": values, "replace": values}),
	}}
}

func ruleSchema(kinds []detect.Kind) object {
	names := make([]string, len(kinds))
	properties := object{
		"id":             object{"type": "string", "pattern": `^[a-z0-9_-][a-z0-9._-]*$`},
		"title":          described("string", "what reports call a finding"),
		"level":          oneWord(detect.LevelNames()),
		"confidence":     object{"type": "integer", "minimum": 0, "maximum": 100, "default": 80},
		"family":         oneWord(detect.Families()),
		"entities":       with(array(oneWord(detect.Entities())), "description", "which scores it counts towards"),
		"attack":         array(object{"type": "string", "pattern": `^T\d{4}(\.\d{3})?$`}),
		"where":          defined("block"),
		"of":             oneWord([]string{"mailbox", "actor"}),
		"accuses":        with(oneWord(detect.Accusations()), "description", "what a finding says of who did it: attribution rests on it"),
		"entry":          with(oneWord(detect.Entries()), "description", "the way in that a finding tells of"),
		"message":        described("string", "a finding's sentence; {field} stands for a value"),
		"next":           described("string", "what to do next"),
		"author":         anyText(),
		"exceptions":     array(defined("exception")),
		"falsepositives": array(anyText()),
		"escalate":       escalateSchema(),
		"soften":         softenSchema(),
		"enabled":        object{"type": "boolean"},
		"reason":         anyText(),
	}
	for i, k := range kinds {
		names[i] = k.Name
		settings := structSchema(reflect.TypeOf(k.Settings()).Elem())
		settings["description"] = k.Doc
		properties[k.Name] = settings
	}
	properties["detector"] = oneWord(names)
	return with(closed(properties), "required", []string{"id", "detector", "level", "family"})
}

func escalateSchema() object {
	return shiftSchema([]string{"level"}, "raises the level where a finding states a fact (if), or where conditions hold for any of its rows (where)")
}

func softenSchema() object {
	return shiftSchema(nil, "lowers the level, by one or to level, never below low, where a finding states a fact (if), or where conditions hold for every one of its rows (where)")
}

// shiftSchema is that of what raises or lowers a level: exactly one of if and where.
func shiftSchema(needs []string, doc string) object {
	one := closed(object{
		"if":    object{"type": "object", "minProperties": 1, "maxProperties": 1},
		"where": defined("block"),
		"level": oneWord(detect.LevelNames()),
	})
	one["oneOf"] = []any{object{"required": []string{"if"}}, object{"required": []string{"where"}}}
	if needs != nil {
		one["required"] = needs
	}
	return with(array(one), "description", doc)
}

// shifts are a list that replaces those of the rule, or one that is added to them.
func shifts(list object) object {
	return object{"anyOf": []any{list, with(closed(object{"append": list}), "required", []string{"append"})}}
}

func overrideSchema() object {
	return closed(object{
		"enabled": object{"type": "boolean"}, "reason": anyText(), "level": oneWord(detect.LevelNames()),
		"confidence": object{"type": "integer", "minimum": 0, "maximum": 100},
		"set":        object{"type": "object"}, "where_also": defined("block"),
		"escalate": shifts(escalateSchema()), "soften": shifts(softenSchema()),
	})
}

func movedSchema() object {
	moves := object{"type": "object", "additionalProperties": object{"anyOf": []any{
		anyText(), with(closed(object{"gone": described("string", "why")}), "required", []string{"gone"}),
	}}}
	return with(closed(object{"rules": moves, "settings": moves}),
		"description", "what earlier versions of this pack called a rule or a setting, and what it is now")
}

const countryPattern = `^([A-Za-z]{2}|\$.+)$`

func homeSchema() object {
	country := object{"type": "string", "pattern": countryPattern}
	whose := closed(object{
		"mailbox": defined("values"), "countries": object{"anyOf": []any{country, array(country)}}, "reason": anyText(), "by": anyText(),
	})
	return object{
		"anyOf":       []any{country, with(whose, "required", []string{"countries"})},
		"description": "where people work from, whatever the days show: a country for everybody, or those of one mailbox",
	}
}

func travelSchema() object {
	return with(closed(object{
		"mailbox": defined("values"),
		"country": object{"type": "string", "pattern": `^[A-Za-z]{2}$`},
		"from":    described("string", "first day, or a time: 2026-03-02"),
		"to":      described("string", "last day, or the time of the end"),
		"reason":  described("string", "who confirmed it, and when"),
		"by":      anyText(),
	}), "required", []string{"mailbox", "country", "from", "to", "reason"})
}

func egressSchema() object {
	return object{
		"anyOf": []any{
			anyText(),
			with(closed(object{"networks": defined("values"), "reason": anyText(), "by": anyText()}), "required", []string{"networks"}),
		},
		"description": "an address or network that is the client's own way out: a gateway, a proxy",
	}
}

func partySchema(doc string) object {
	return with(closed(object{
		"ips":      with(values(), "description", "addresses and networks"),
		"sessions": defined("values"),
		"agents":   with(values(), "description", "texts that the user agent holds"),
		"apps":     with(values(), "description", "names or ids of applications"),
		"reason":   anyText(), "by": anyText(),
	}), "description", doc)
}

func values() object { return object{"anyOf": []any{defined("scalar"), array(defined("scalar"))}} }

func exceptionSchema() object {
	return with(closed(object{
		"id": anyText(), "rules": array(described("string", "an id, or a glob of ids: geo.*")), "where": defined("block"),
		"reason": anyText(), "by": anyText(), "expires": described("string", "last day in force: 2026-06-30"),
	}), "required", []string{"id"})
}

func decisionSchema() object {
	return with(closed(object{
		"fingerprint": object{"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "of the finding, as reports show it"},
		"verdict":     oneWord(decision.Verdicts()), "reason": anyText(), "by": anyText(),
		"date":    described("string", "day of the decision: 2026-06-30"),
		"expires": described("string", "last day in force: 2026-06-30"),
		"rule":    described("string", "of the finding, for the reader"),
		"mailbox": described("string", "of the finding, for the reader"),
		"tenant":  described("string", "id of the finding's tenant: the decision is about no other tenant's; without one, about any's"),
	}), "required", []string{"fingerprint", "verdict", "reason"})
}

func testSchema() object {
	given := object{
		"type": "object", "required": []string{"source"},
		"properties": object{
			"source":      oneWord(detect.Vocabulary(activity.FieldSource)),
			"mailbox":     anyText(),
			"strangeness": with(object{"type": "number", "minimum": 0, "maximum": 5}, "description", "what the rule is told of the row, whatever is measured"),
			"repeat":      closed(object{"every": anyText(), "times": object{"type": "integer", "minimum": 1}}),
		},
	}
	count := object{"type": "integer", "minimum": 0}
	expect := closed(object{
		"rule": anyText(), "count": count, "at": object{"anyOf": []any{count, array(count)}},
		"level": oneWord(detect.LevelNames()), "no_other": object{"const": true},
	})
	return with(closed(object{
		"name": anyText(), "given": array(given), "expect": array(expect),
		"home": array(homeSchema()), "travel": array(travelSchema()), "egress": array(egressSchema()),
		"attacker": array(partySchema("of this test")), "owner": array(partySchema("of this test")),
	}),
		"required", []string{"name", "given", "expect"})
}

// structSchema is the schema of a settings struct, by the same tags that bind it.
func structSchema(t reflect.Type) object {
	properties := object{}
	out := closed(properties)
	for _, s := range SettingFields(t) {
		if s.Inline {
			out["additionalProperties"] = defined("values")
			continue
		}
		property := typeSchema(t.Field(s.Index).Type)
		if s.Doc != "" {
			property["description"] = s.Doc
		}
		properties[s.Name] = property
	}
	return out
}

func typeSchema(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[*detect.Where]():
		return defined("block")
	case reflect.TypeFor[time.Duration]():
		return object{"type": []string{"string", "integer"}, "pattern": `^(0|(\d+(ms|s|m|h|d|w))+)$`}
	case reflect.TypeFor[detect.Level]():
		return oneWord(detect.LevelNames())
	}
	switch t.Kind() {
	case reflect.String:
		return defined("scalar")
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Struct:
		return structSchema(t)
	case reflect.Pointer:
		return typeSchema(t.Elem())
	case reflect.Slice:
		if kind := t.Elem().Kind(); kind == reflect.String || kind == reflect.Int {
			return defined("values")
		}
		return array(typeSchema(t.Elem()))
	default:
		return object{"type": "object", "additionalProperties": defined("scalar")}
	}
}
