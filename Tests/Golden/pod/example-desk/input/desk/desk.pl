#!/usr/bin/perl
# A stand-in for a desk: "wait" is the runner, "report" is what INVOKE wakes it with, the message on its stdin.
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
my $name = $ENV{CLAW_INSTANCE} // 'desk';
my $what = shift // 'wait';

if ($what eq 'wait') {
  $SIG{TERM} = $SIG{INT} = sub { exit 0 };
  my ($heading) = (slurp($ENV{CONTRACT_PATH} // '/claw/AGENTS.md') // '') =~ /^# (.*)/m;
  my @skills = map { s{.*/}{}r } glob(($ENV{CLAW_SKILLS_DIR} // '/claw/skills') . '/*.md');
  print "$name: contract ", $heading // 'missing', "; skills @skills\n";
  # The clock is not this program's business.
  sleep 3600 while 1;
}

my $message = do { local $/; <STDIN> } // '';
$message =~ s/\s+/ /g;
my $assignment = slurp('/mnt/notes/assignment.txt') // "nothing yet\n";
chomp $assignment;
print "$name: told: $message\n";
print "$name: assigned: $assignment\n";
# Must fail: the notes are the chief's.
print "$name: the notes are ", (open(my $file, '>', "/mnt/notes/$name") ? 'WRITABLE' : 'read-only'), "\n";

my $wire = IO::Socket::INET->new(PeerAddr => 'wire:4000', Timeout => 3) or die "$name: the wire does not answer\n";
print $wire "GET /search?q=$assignment HTTP/1.0\r\n\r\n";
my ($head, $body) = split /\r\n\r\n/, do { local $/; <$wire> } // '', 2;
print "$name: wire: ", $body // "no answer\n";

sub slurp {
  open my $file, '<', shift or return undef;
  local $/;
  return scalar <$file>;
}
