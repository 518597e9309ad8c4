<?php
/**
 * Builds a world, runs the tests in it, says how it went.
 */

error_reporting( E_ALL );
require __DIR__ . '/world.php';
require __DIR__ . '/harness.php';

$filter = $argv[1] ?? '';
$began  = microtime( true );
World::build();
foreach ( glob( __DIR__ . '/cases/*.php' ) as $file ) {
	require $file;
}
$named = array_filter( array_column( Tests::$list, 0 ), static fn( $name ) => false !== stripos( $name, $filter ) );
if ( '' !== $filter && ! $named ) {
	fwrite( STDERR, "No test has \"$filter\" in its name.\n" );
	exit( 1 );
}
$failed = 0;
$ran    = 0;
foreach ( Tests::$list as list( $name, $body ) ) {
	// The install and the people are needed by all others, so they run always.
	if ( '' !== $filter && ! str_contains( $name, 'setup:' ) && false === stripos( $name, $filter ) ) {
		continue;
	}
	++$ran;
	$start = microtime( true );
	try {
		$body();
		printf( "ok      %5d ms  %s\n", 1000 * ( microtime( true ) - $start ), $name );
	} catch ( Throwable $problem ) {
		++$failed;
		printf( "FAILED  %5d ms  %s\n        %s (%s:%d)\n", 1000 * ( microtime( true ) - $start ), $name, $problem->getMessage(), basename( $problem->getTrace()[0]['file'] ?? '' ), $problem->getTrace()[0]['line'] ?? 0 );
	}
}
printf( "%d tests, %d failed, %.1f s\n", $ran, $failed, microtime( true ) - $began );
exit( $failed ? 1 : 0 );
