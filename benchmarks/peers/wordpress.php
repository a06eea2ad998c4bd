// As an owner would set it up who publishes at once: a hundred comments below one article, and articles to post to.
foreach ( array( 'comment_moderation' => 0, 'comment_previously_approved' => 0, 'comments_notify' => 0, 'moderation_notify' => 0, 'page_comments' => 0, 'show_avatars' => 1 ) as $name => $value ) {
	update_option( $name, $value );
}
$seed = json_decode( file_get_contents( $argv[2] ) );
$read = wp_insert_post( array( 'post_title' => 'Bench', 'post_name' => 'bench', 'post_status' => 'publish', 'post_content' => 'x', 'comment_status' => 'open' ) );
foreach ( $seed->texts as $number => $text ) {
	wp_insert_comment(
		array(
			'comment_post_ID'      => $read,
			'comment_author'       => "Reader $number",
			'comment_author_email' => "reader$number@example.org",
			'comment_content'      => $text,
			'comment_approved'     => 1,
		)
	);
}
$ids = array();
for ( $number = 1; $number <= $seed->articles; $number++ ) {
	$ids[] = wp_insert_post( array( 'post_title' => "Load $number", 'post_name' => "load-$number", 'post_status' => 'publish', 'post_content' => 'x', 'comment_status' => 'open' ) );
}
echo wp_json_encode( $ids );
