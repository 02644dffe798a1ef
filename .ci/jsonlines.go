//go:build ignore

// Command jsonlines reads JSON lines with encoding/json, each into a struct of the fields that the other tools take out, and
// counts them by operation and user: what `bash .ci/long speed` sets beside the program.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type auditData struct {
	CreationTime, ID, Operation, OrganizationID, ResultStatus, UserKey, Workload, ObjectID, UserID, ClientIP, ClientIPAddress string
	ClientInfoString, AppID, SessionID, MailboxOwnerUPN                                                                       string
	UserType                                                                                                                  any
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	counts := map[[2]string]int{}
	for lines.Scan() {
		var one auditData
		if json.Unmarshal(lines.Bytes(), &one) == nil {
			counts[[2]string{one.Operation, one.UserID}]++
		}
	}
	fmt.Println(len(counts))
}
