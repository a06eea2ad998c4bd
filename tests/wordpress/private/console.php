<?php // Runs the PHP that comes on standard input inside the WordPress of the folder that is named first.
$_SERVER['HTTP_HOST']      = '127.0.0.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
if ( in_array( 'installing', $argv, true ) ) {
	define( 'WP_INSTALLING', true );
}
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
eval( stream_get_contents( STDIN ) );
