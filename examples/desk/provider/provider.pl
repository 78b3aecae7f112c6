#!/usr/bin/perl
# A stand-in for a provider of models: POST /v1/chat/completions, answered by rules in place of a model.
#
# It wants a key, as the real ones do; only the sidecars have it. To show what they are for, it does what a model may do:
# asked for a SHELL it calls a tool, asked for a SECRET it tells one.
use strict;
use warnings;
use IO::Socket::INET;

$SIG{TERM} = $SIG{INT} = sub { exit 0 };
$SIG{CHLD} = 'IGNORE';
$| = 1;

my $server = IO::Socket::INET->new(LocalPort => 9000, Listen => 64, ReuseAddr => 1) or die "port 9000: $@\n";
while (1) {
  my $client = $server->accept or next;
  next if fork;
  alarm 10;
  serve($client) while 1;
}

sub serve {
  my $client = shift;
  my $request = <$client> // exit 0;
  my ($length, $key) = (0, '');
  while (my $header = <$client>) {
    last if $header =~ /^\r?\n$/;
    $length = $1 if $header =~ /^content-length:\s*(\d+)/i;
    $key = $1 if $header =~ /^authorization:\s*Bearer\s+(\S+)/i;
  }
  read $client, (my $body), $length;
  return answer($client, '404 Not Found', '{"error":{"message":"no such path"}}')
    if $request !~ m{^POST /v1/chat/completions };
  return answer($client, '401 Unauthorized', '{"error":{"message":"the key is wrong"}}') if $key ne 'demo-key';
  # The last text that was said, as it stands in the JSON.
  my @said = $body =~ /"content"\s*:\s*"((?:[^"\\]|\\.)*)"/g;
  my $said = $said[-1] // '';
  print "provider: asked: $said\n";
  my $message = qq({"role":"assistant","content":"In short: $said"});
  my $finish = 'stop';
  if ($said =~ /SHELL/) {
    $message = '{"role":"assistant","content":"I will look.","tool_calls":[{"id":"call_1","type":"function",'
      . '"function":{"name":"shell_exec","arguments":"{\"command\":\"id\"}"}}]}';
    $finish = 'tool_calls';
  } elsif ($said =~ /SECRET/) {
    $message = '{"role":"assistant","content":"The key is AKIAIOSFODNN7EXAMPLE, keep it."}';
  }
  my $words = () = $said =~ /\S+/g;
  answer($client, '200 OK',
    qq({"id":"chat-1","object":"chat.completion","created":1,"model":"small","choices":[{"index":0,)
      . qq("message":$message,"finish_reason":"$finish"}],)
      . qq("usage":{"prompt_tokens":$words,"completion_tokens":8,"total_tokens":@{[$words + 8]}}}));
}

sub answer {
  my ($client, $status, $body) = @_;
  print $client "HTTP/1.1 $status\r\nContent-Type: application/json\r\nContent-Length: ", length $body, "\r\n\r\n$body";
}
