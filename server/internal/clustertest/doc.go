// Command clustertest runs a cluster of servers in one process, for tests of what
// clients see when servers that share messages come and go.
//
// Its standard input has a command in each line, its standard output an answer in
// each; both are JSON:
//
//	{"start":"a"}  starts a server named "a", on free ports of the loopback interface
//	{"drain":"a"}  drains it
//
//	{"started":"a","http":"127.0.0.1:1","grpc":"127.0.0.1:2","master_token":"…","access_token":"…"}
//	{"ended":"a","error":"…"}  without an error if it ended because it was drained
//
// Commands are carried out one after the other; the answer to a drain comes when
// the server has ended. A token of one server is good at all. What the servers log
// goes to standard error. The end of standard input ends all servers at once.
// A command that makes no sense ends the program with the exit code 1.
package main
