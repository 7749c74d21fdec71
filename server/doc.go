// Package server is a FastPubSub server that can be embedded in a program.
//
// New checks a Config and opens nothing but the token store; Run serves until
// its context ends or the server has been drained. Addresses can be read once
// Ready is closed:
//
//	srv, err := server.New(cfg)
//	…
//	go srv.Run(ctx)
//	<-srv.Ready()
//	fmt.Println(srv.HTTPAddr(), srv.GRPCAddr())
package server
