// Articles of every kind by their name, comments of every kind, and the login of somebody who may read drafts.
$articles = array();
$kinds    = array(
	'open'      => array(),
	'elsewhere' => array(),
	'closed'    => array( 'comment_status' => 'closed' ),
	'aged'      => array( 'post_date' => '2020-01-01 12:00:00' ),
	'private'   => array( 'post_status' => 'private' ),
	'password'  => array( 'post_password' => 'harmattan' ),
	'draft'     => array( 'post_status' => 'draft' ),
	'future'    => array( 'post_date' => gmdate( 'Y-m-d H:i:s', time() + DAY_IN_SECONDS ) ),
	'trashed'   => array(),
	'page'      => array( 'post_type' => 'page' ),
);
foreach ( $kinds as $name => $kind ) {
	$articles[ $name ] = wp_insert_post(
		$kind + array(
			'post_title'   => ucfirst( $name ),
			'post_name'    => $name,
			'post_status'  => 'publish',
			'post_content' => 'The dust came early this year.',
			'post_author'  => 1,
		)
	);
}
wp_trash_post( $articles['trashed'] );
$comments = array();
foreach ( array( 'approved' => 1, 'held' => 0, 'spam' => 'spam', 'elsewhere' => 1 ) as $name => $status ) {
	$comments[ $name ] = wp_insert_comment(
		array(
			'comment_post_ID'      => $articles[ 'elsewhere' === $name ? $name : 'open' ],
			'comment_author'       => 'Ngozi',
			'comment_author_email' => 'ngozi@news.example',
			'comment_content'      => "A comment that is $name.",
			'comment_approved'     => $status,
		)
	);
}
$cookie = LOGGED_IN_COOKIE . '=' . wp_generate_auth_cookie( 1, time() + DAY_IN_SECONDS, 'logged_in' );
echo wp_json_encode( compact( 'articles', 'comments', 'cookie' ) );
