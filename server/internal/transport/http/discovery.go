package http

import (
	"encoding/json"
	"net/http"
	"time"
)

// discovered is the answer of GET / to clients that look for servers.
type discovered struct {
	Source    string `json:"source"`
	Version   int    `json:"version"`
	UpdatedAt int64  `json:"updated_at"`
	Edges     []edge `json:"edges"`
}

type edge struct {
	Host string `json:"host"`
}

// discovery lists the public hosts, which were learnt at the time given; without
// any it says what this server is.
func discovery(hosts []string, learnt time.Time) http.HandlerFunc {
	if len(hosts) == 0 {
		return func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusNotFound,
				"this is a FastPubSub server; connect to / or /ws by WebSocket, or see /swagger-ui for the rest")
		}
	}
	answer := discovered{Source: "static", Version: 1, UpdatedAt: learnt.Unix()}
	for _, host := range hosts {
		answer.Edges = append(answer.Edges, edge{host})
	}
	body, _ := json.Marshal(answer) // a struct of texts and numbers always encodes
	return func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, string(body)) }
}

// upgradeRequired answers /ws when the request asks for no upgrade.
func upgradeRequired(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Upgrade", "websocket")
	w.Header().Set("Connection", "Upgrade")
	refuse(w, http.StatusUpgradeRequired, "this is a WebSocket endpoint; connect with a WebSocket client and the subprotocol fastpubsub.v1 or llps.v1")
}
