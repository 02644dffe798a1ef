package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// apiRow is a row as the Activities API answered it; the twelve names are the API's.
type apiRow struct {
	ID                   string `json:"Id"`
	ActivityCreationTime string
	ActivityIDType       string `json:"ActivityIdType"`
	AppIDType            string `json:"AppIdType"`
	ClientVersion        string
	ClientSessionID      string `json:"ClientSessionId"`
	ActivityItemID       string `json:"ActivityItemId"`
	TimeStamp            string
	TenantID             string `json:"TenantId"`
	SequenceNumber       int
	ActivityObjectID     string `json:"ActivityObjectId"`
	CustomProperties     []apiProperty
}

type apiProperty struct{ Name, Value string }

// apiPages are the API's answers of up to size rows each ($top was at most 1000), one record a line so that a person
// can read and compare them.
func apiPages(rows []row, tenant string, size int) ([][]byte, error) {
	var pages [][]byte
	for start := 0; start < len(rows); start += size {
		page, err := apiPage(rows, start, min(start+size, len(rows)), tenant)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func apiPage(rows []row, from, to int, tenant string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(`{"@odata.context":"https://outlook.office.com/api/v2.0/$metadata#Me/Activities","value":[` + "\n")
	encode := json.NewEncoder(&out)
	encode.SetEscapeHTML(false) // the service wrote Query XML as it is
	for i := from; i < to; i++ {
		if err := encode.Encode(apiRecord(&rows[i], tenant, i)); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		if i+1 < to {
			out.Truncate(out.Len() - 1) // the encoder's newline
			out.WriteString(",\n")
		}
	}
	out.WriteString("]")
	if to < len(rows) {
		fmt.Fprintf(&out, `,"@odata.nextLink":"https://outlook.office.com/api/v2.0/Me/Activities?$top=%d&$skip=%d"`, to-from, to)
	}
	out.WriteString("}\n")
	return out.Bytes(), nil
}

func apiRecord(r *row, tenant string, number int) apiRow {
	properties := make([]apiProperty, 0, len(r.properties))
	for _, p := range r.properties {
		properties = append(properties, apiProperty{p.name, p.value})
	}
	return apiRow{
		ID: r.id, ActivityCreationTime: stamp(r.created), ActivityIDType: r.kind, AppIDType: r.app,
		ClientSessionID: r.session, ActivityItemID: r.item, TimeStamp: r.timeText(), TenantID: tenant,
		SequenceNumber: number, CustomProperties: properties,
	}
}
