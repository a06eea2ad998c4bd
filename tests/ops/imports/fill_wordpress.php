// Articles and comments of every kind, and what old databases hold: no date, a parent that is gone, a circle.
$given = json_decode( file_get_contents( '@FILE@' ), true );
$posts = array(); $ids = array();
foreach ( $given['articles'] as $name => $kind ) {
	$posts[ $name ] = wp_insert_post( $kind + array( 'post_title' => "Article $name & more", 'post_name' => $name,
		'post_status' => 'publish', 'post_content' => 'The dust came early.', 'post_author' => 1, 'post_date' => '2023-12-01 12:00:00' ) );
}
foreach ( $given['comments'] as $n => $c ) {
	$ids[ $n ] = wp_insert_comment( wp_slash( array(
		'comment_post_ID' => $posts[ $c['article'] ], 'comment_author' => $c['name'], 'comment_author_email' => $c['email'],
		'comment_author_url' => 'https://reader.example/', 'comment_author_IP' => '198.51.100.77', 'comment_content' => $c['html'],
		'comment_approved' => $c['approved'], 'comment_type' => $c['type'], 'comment_date' => $c['date'], 'comment_date_gmt' => $c['date'],
		'comment_parent' => null === $c['parent'] ? 0 : $ids[ $c['parent'] ] ) ) );
	if ( 'trash' === $c['then'] ) { wp_trash_comment( $ids[ $n ] ); }
	if ( 'spam' === $c['then'] ) { wp_spam_comment( $ids[ $n ] ); }
	add_comment_meta( $ids[ $n ], 'akismet_history', array( 'event' => 'check-ham', 'user' => $c['email'] ) );
}
wp_trash_post( $posts['trashed'] );
global $wpdb;
$wpdb->query( "UPDATE $wpdb->comments SET comment_date = '0000-00-00 00:00:00', comment_date_gmt = '0000-00-00 00:00:00' WHERE comment_ID = " . $ids[10] );
$wpdb->query( "UPDATE $wpdb->comments SET comment_parent = 999999 WHERE comment_ID = " . $ids[11] );
$wpdb->query( "UPDATE $wpdb->comments SET comment_parent = " . $ids[13] . " WHERE comment_ID = " . $ids[12] );
$wpdb->query( "UPDATE $wpdb->comments SET comment_parent = " . $ids[12] . " WHERE comment_ID = " . $ids[13] );
wp_delete_comment( 1, true );
echo wp_json_encode( array( 'ids' => $ids, 'posts' => $posts, 'comments' => $wpdb->get_results(
	"SELECT c.comment_ID AS id, c.comment_post_ID AS post, c.comment_parent AS parent, c.comment_approved AS approved, c.comment_type AS type,
	c.comment_author AS name, c.comment_date_gmt AS at, p.post_status AS post_status, p.post_password AS password
	FROM $wpdb->comments AS c JOIN $wpdb->posts AS p ON p.ID = c.comment_post_ID ORDER BY c.comment_ID" ) ) );
